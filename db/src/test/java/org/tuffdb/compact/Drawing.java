package org.tuffdb.compact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.table.TableInfo;

/// Levels as text, and tasks as text. What a drawing consists of is told in `picking.script`.
final class Drawing {
  private static final long MEGABYTE = 1 << 20;
  private static final long ENTRIES = 100;
  private static final Pattern TABLE = Pattern.compile("(\\d+)\\[(\\w*)-(\\w*)([)\\]])");
  private static final Pattern RANGE_DELETE = Pattern.compile("\\[(\\w*)-(\\w*)\\)@(\\d+)");

  private final List<List<TableInfo>> levels = new ArrayList<>();
  private final List<RangeDelete> rangeDeletes = new ArrayList<>();
  private Snapshots snapshots = Snapshots.NONE;
  private boolean calm;

  Drawing(int levels) {
    for (int i = 0; i < levels; i++) {
      this.levels.add(List.of());
    }
  }

  Shape shape() {
    return new Shape(levels, snapshots, rangeDeletes, calm);
  }

  CompactionOptions options() {
    int last = levels.size() - 1;
    return new CompactionOptions(
        levels.size(), 4, 100 * MEGABYTE, 10, 10 * MEGABYTE, 100 * MEGABYTE, 4, Set.of(last));
  }

  void line(String name, String content) {
    switch (name) {
      case "snapshots" ->
          snapshots =
              Snapshots.of(Arrays.stream(content.split(" ")).mapToLong(Long::parseLong).toArray());
      case "deletes" ->
          RANGE_DELETE
              .matcher(content)
              .results()
              .forEach(m ->
                  rangeDeletes.add(
                      new RangeDelete(
                          key(m.group(1)), key(m.group(2)), Long.parseLong(m.group(3)))));
      case "calm" -> calm = true;
      default -> {
        int level = Integer.parseInt(name.substring(1));
        levels.set(level, tables(content, level == levels.size() - 1));
      }
    }
  }

  static byte[] key(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static List<TableInfo> tables(String content, boolean compressed) {
    List<TableInfo> tables = new ArrayList<>();
    Matcher heads = TABLE.matcher(content);
    List<Integer> starts = new ArrayList<>();
    while (heads.find()) {
      starts.add(heads.start());
    }
    starts.add(content.length());
    for (int i = 0; i + 1 < starts.size(); i++) {
      tables.add(table(content.substring(starts.get(i), starts.get(i + 1)).strip(), compressed));
    }
    return List.copyOf(tables);
  }

  private static TableInfo table(String text, boolean compressed) {
    String[] words = text.split(" +");
    Matcher head = TABLE.matcher(words[0]);
    if (!head.matches()) {
      throw new IllegalArgumentException("not a table: " + text);
    }
    long number = Long.parseLong(head.group(1));
    long sizeBytes = MEGABYTE;
    long oldest = number;
    long newest = number;
    long deletes = 0;
    long olderVersions = 0;
    int rangeDeletes = 0;
    for (String word : Arrays.asList(words).subList(1, words.length)) {
      String digits = word.replaceAll("[^0-9-]", "");
      if (word.endsWith("M")) {
        sizeBytes = Long.parseLong(digits) * MEGABYTE;
      } else if (word.startsWith("older")) {
        olderVersions = Long.parseLong(digits);
      } else if (word.endsWith("%")) {
        deletes = ENTRIES * Long.parseLong(digits) / 100;
      } else if (word.startsWith("r")) {
        rangeDeletes = Integer.parseInt(digits);
      } else if (word.startsWith("@")) {
        String[] sequences = digits.split("-", 2);
        oldest = Long.parseLong(sequences[0]);
        newest = Long.parseLong(sequences[sequences.length - 1]);
      } else if (word.equals("plain")) {
        compressed = false;
      } else {
        throw new IllegalArgumentException("what is " + word + " in " + text);
      }
    }
    byte[] to = key(head.group(3));
    byte[] limit = head.group(4).equals("]") ? Keys.successor(to) : to;
    byte[] first = key(head.group(2));
    return new TableInfo(
        number,
        sizeBytes,
        first,
        limit,
        oldest,
        newest,
        ENTRIES,
        ENTRIES - olderVersions,
        deletes,
        rangeDeletes,
        compressed);
  }

  static String text(Task task) {
    return switch (task) {
      case Task.Nothing() -> "nothing";
      case Task.Move(var table, int from, int to, var reason) ->
          "move L%d %d to L%d: %s".formatted(from, table.number(), to, text(reason));
      case Task.Merge(int from, int to, var upper, var lower, var reason) ->
          from == to
              ? "rewrite L%d %s: %s".formatted(from, numbers(upper), text(reason))
              : "merge L%d %s with L%d %s: %s"
                  .formatted(from, numbers(upper), to, numbers(lower), text(reason));
      case Task.Drop(var tables) ->
          tables.stream()
              .map(placed -> "L%d %d".formatted(placed.level(), placed.table().number()))
              .collect(Collectors.joining(", ", "drop ", ""));
    };
  }

  private static String text(Task.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String numbers(List<TableInfo> tables) {
    return tables.isEmpty()
        ? "nothing"
        : tables.stream().map(t -> "" + t.number()).collect(Collectors.joining(" "));
  }
}
