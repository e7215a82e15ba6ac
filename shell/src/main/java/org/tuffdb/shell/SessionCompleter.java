package org.tuffdb.shell;

import java.util.List;
import java.util.Set;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import picocli.CommandLine;

/// Completes commands, their options, and keys, keyspaces and tables that are in the store.
final class SessionCompleter implements Completer {
  private static final int KEYS_MAX = 100;
  private static final Set<String> TAKE_KEY = Set.of("get", "put", "delete");
  private static final Set<String> BEFORE_KEY = Set.of("--from", "--to", "--prefix");
  private static final Set<String> BEFORE_KEYSPACE = Set.of("--keyspace", "--drop");
  private static final List<String> OWN = List.of("exit", "quit");

  private final Db db;
  private final CommandLine commands;

  SessionCompleter(Db db, CommandLine commands) {
    this.db = db;
    this.commands = commands;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    List<String> before = line.words().subList(0, line.wordIndex());
    String begun = line.word().substring(0, line.wordCursor());
    if (before.isEmpty()) {
      commands.getSubcommands().keySet().forEach(name -> candidates.add(new Candidate(name)));
      OWN.forEach(name -> candidates.add(new Candidate(name)));
    } else if (begun.startsWith("--")) {
      addOptions(before.getFirst(), candidates);
    } else if (before.getFirst().equals("help")) {
      commands.getSubcommands().keySet().forEach(name -> candidates.add(new Candidate(name)));
    } else if (BEFORE_KEYSPACE.contains(before.getLast())) {
      db.keyspaces().forEach(name -> candidates.add(new Candidate(name)));
    } else if (before.getLast().equals("table")) {
      tables().forEach(number -> candidates.add(new Candidate(number)));
    } else if (expectsKey(before)) {
      addKeys(keyspace(before), begun, candidates);
    }
  }

  private void addOptions(String command, List<Candidate> candidates) {
    CommandLine known = commands.getSubcommands().get(command);
    if (known != null) {
      known.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .forEach(option -> candidates.add(new Candidate(option.longestName())));
    }
  }

  private List<String> tables() {
    return db.stats().keyspaces().stream()
        .flatMap(keyspace -> keyspace.levels().stream())
        .flatMap(level -> level.tables().stream())
        .map(table -> Long.toString(table.number()))
        .toList();
  }

  private static boolean expectsKey(List<String> before) {
    boolean optionWantsKey = BEFORE_KEY.contains(before.getLast());
    boolean first = before.stream().skip(1).noneMatch(word -> !word.startsWith("--"));
    return optionWantsKey || (first && TAKE_KEY.contains(before.getFirst()));
  }

  private static String keyspace(List<String> before) {
    int option = before.indexOf("--keyspace");
    return option >= 0 && option + 1 < before.size() ? before.get(option + 1) : "default";
  }

  private void addKeys(String keyspace, String begun, List<Candidate> candidates) {
    if (!db.keyspaces().contains(keyspace)) {
      return;
    }
    try (Cursor cursor = db.keyspace(keyspace).scan(KeyRange.prefix(prefix(begun)))) {
      while (candidates.size() < KEYS_MAX && cursor.next()) {
        candidates.add(new Candidate(Text.of(cursor.key())));
      }
    }
  }

  /// The bytes that the keys begin with whose forms begin with `begun`.
  private static byte[] prefix(String begun) {
    boolean half = begun.startsWith(Text.HEX_PREFIX) && begun.length() % 2 == 1;
    try {
      return Text.parse(half ? begun.substring(0, begun.length() - 1) : begun);
    } catch (IllegalArgumentException noHex) {
      return Text.utf8(begun);
    }
  }
}
