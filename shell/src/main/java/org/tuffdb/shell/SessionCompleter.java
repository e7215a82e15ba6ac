package org.tuffdb.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Completes commands, their options, keys, keyspaces and tables that are in the store, and files
/// to load.
final class SessionCompleter implements Completer {
  private static final int CANDIDATES_MAX = 100;
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
    } else if (takesValue(before.getFirst(), before.getLast())) {
      addValues(before, begun, candidates);
    } else if (positionals(before) == 0) {
      addPositionals(before, begun, candidates);
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

  private void addValues(List<String> before, String begun, List<Candidate> candidates) {
    if (BEFORE_KEY.contains(before.getLast())) {
      addKeys(keyspace(before), begun, candidates);
    } else if (BEFORE_KEYSPACE.contains(before.getLast())) {
      db.keyspaces().forEach(name -> candidates.add(new Candidate(name)));
    }
  }

  private void addPositionals(List<String> before, String begun, List<Candidate> candidates) {
    switch (before.getFirst()) {
      case "get", "put", "delete" -> addKeys(keyspace(before), begun, candidates);
      case "help" ->
          commands.getSubcommands().keySet().forEach(name -> candidates.add(new Candidate(name)));
      case "load" -> addFiles(begun, candidates);
      case "table" -> tables().forEach(number -> candidates.add(new Candidate(number)));
      default -> {} // nothing that is known here
    }
  }

  /// How many words before are neither the command, nor an option, nor the value of one.
  private int positionals(List<String> before) {
    int count = 0;
    for (int i = 1; i < before.size(); i++) {
      boolean value = takesValue(before.getFirst(), before.get(i - 1));
      count += value || before.get(i).startsWith("--") ? 0 : 1;
    }
    return count;
  }

  private boolean takesValue(String command, String word) {
    CommandLine known = commands.getSubcommands().get(command);
    OptionSpec option =
        known == null || !word.startsWith("--") ? null : known.getCommandSpec().findOption(word);
    return option != null && option.arity().min() > 0;
  }

  private static String keyspace(List<String> before) {
    String keyspace = "default";
    for (int i = 1; i < before.size(); i++) {
      if (before.get(i - 1).equals("--keyspace")) {
        keyspace = before.get(i);
      } else if (before.get(i).startsWith("--keyspace=")) {
        keyspace = before.get(i).substring("--keyspace=".length());
      }
    }
    return keyspace;
  }

  private static void addFiles(String begun, List<Candidate> candidates) {
    String parent = begun.substring(0, begun.lastIndexOf('/') + 1);
    try (Stream<Path> files = Files.list(Path.of(parent))) {
      files
          .map(file -> parent + file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
          .filter(name -> name.startsWith(begun))
          .limit(CANDIDATES_MAX)
          .forEach(name -> candidates.add(file(name)));
    } catch (IOException | UncheckedIOException | InvalidPathException none) {
      // there is nothing to offer
    }
  }

  /// Of a directory something goes on behind it.
  private static Candidate file(String name) {
    return new Candidate(name, name, null, null, null, null, !name.endsWith("/"));
  }

  private List<String> tables() {
    return db.stats().keyspaces().stream()
        .flatMap(keyspace -> keyspace.levels().stream())
        .flatMap(level -> level.tables().stream())
        .map(table -> Long.toString(table.number()))
        .toList();
  }

  private void addKeys(String keyspace, String begun, List<Candidate> candidates) {
    if (!db.keyspaces().contains(keyspace)) {
      return;
    }
    try (Cursor cursor = db.keyspace(keyspace).scan(KeyRange.prefix(prefix(begun)))) {
      while (candidates.size() < CANDIDATES_MAX && cursor.next()) {
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
