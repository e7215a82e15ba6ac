package org.tuffdb.shell;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Stats;
import org.tuffdb.Stats.KeyspaceStats;
import org.tuffdb.Stats.LevelStats;

/// Prints the levels of each keyspace as a table, and what they cost.
final class LevelsPrinter {
  private LevelsPrinter() {}

  /// @param only the name of the only keyspace to print; null for all of them
  static void print(Stats stats, @Nullable String only, Output out) throws IOException {
    for (KeyspaceStats keyspace : stats.keyspaces()) {
      if (only == null || keyspace.name().equals(only)) {
        print(keyspace, out);
        out.line("");
      }
    }
    out.line("since opening: " + work(stats.work()));
    Stats.Memory memory = stats.memory();
    out.line(
        "memory: %s of %s: memtables %s, cached blocks %s, filters and fences %s"
            .formatted(
                Figures.size(memory.usedBytes()),
                Figures.size(memory.maxBytes()),
                Figures.size(memory.memtableBytes()),
                Figures.size(memory.cacheBytes()),
                Figures.size(memory.tableBytes())));
    out.line("mapped files: " + Figures.size(memory.mappedBytes()));
  }

  private static String work(Stats.Work work) {
    if (work.flushedBytes() + work.compactedWrittenBytes() == 0) {
      return "nothing flushed or compacted";
    }
    String done =
        "%s flushed, %s compacted into %s"
            .formatted(
                Figures.size(work.flushedBytes()),
                Figures.size(work.compactedReadBytes()),
                Figures.size(work.compactedWrittenBytes()));
    return work.flushedBytes() == 0
        ? done
        : done + ", write amplification " + Figures.ratio(work.writeAmplification());
  }

  private static void print(KeyspaceStats keyspace, Output out) throws IOException {
    out.line("keyspace " + Text.printable(keyspace.name()));
    Columns columns =
        new Columns(1, "level", "tables", "size", "entries", "tombstones", "range deletes");
    columns.add(
        "memtables",
        Figures.count(keyspace.memtables()),
        "",
        Figures.count(keyspace.memtableEntries()),
        "",
        "");
    for (LevelStats level : keyspace.levels()) {
      if (!level.tables().isEmpty()) {
        columns.add(row(Integer.toString(level.level()), List.of(level)));
      }
    }
    columns.add(row("all tables", keyspace.levels()));
    columns.print(out);
    out.line(
        "read amplification %d, debt %s"
            .formatted(keyspace.readAmplification(), Figures.size(keyspace.debtBytes())));
  }

  private static String[] row(String name, List<LevelStats> levels) {
    return new String[] {
      name,
      Figures.count(levels.stream().mapToLong(level -> level.tables().size()).sum()),
      Figures.size(levels.stream().mapToLong(LevelStats::sizeBytes).sum()),
      Figures.count(levels.stream().mapToLong(LevelStats::entries).sum()),
      Figures.count(levels.stream().mapToLong(LevelStats::deletes).sum()),
      Figures.count(levels.stream().mapToLong(LevelStats::rangeDeletes).sum())
    };
  }

  /// Prints a line for each keyspace.
  static void printKeyspaces(Stats stats, Output out) throws IOException {
    Columns columns = new Columns(1, "keyspace", "tables", "size", "entries");
    for (KeyspaceStats keyspace : stats.keyspaces()) {
      columns.add(
          Text.printable(keyspace.name()),
          Figures.count(keyspace.levels().stream().mapToLong(l -> l.tables().size()).sum()),
          Figures.size(keyspace.levels().stream().mapToLong(LevelStats::sizeBytes).sum()),
          Figures.count(
              keyspace.memtableEntries()
                  + keyspace.levels().stream().mapToLong(LevelStats::entries).sum()));
    }
    columns.print(out);
  }
}
