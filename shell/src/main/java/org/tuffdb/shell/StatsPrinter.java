package org.tuffdb.shell;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.tuffdb.Stats;
import tools.jackson.core.JsonGenerator;

/// Prints the figures of a [Stats]: for people with units, or all of them as JSON by the names that
/// they have there.
final class StatsPrinter {
  private StatsPrinter() {}

  static void print(Stats stats, boolean json, Output out) throws IOException {
    if (json) {
      printJson(stats, out);
    } else {
      printText(stats, out);
    }
  }

  private static void printText(Stats stats, Output out) throws IOException {
    line(out, "entries", Figures.count(stats.entries()));
    line(out, "keyspaces", Figures.count(stats.keyspaces().size()));
    line(
        out,
        "tables",
        Figures.many(tables(stats), "file") + ", " + Figures.size(stats.tableBytes()));
    line(out, "log", Figures.many(stats.logFiles(), "file"));
    line(out, "debt", Figures.size(debt(stats)));
    line(
        out,
        "writes",
        "%s since the store was created, %s of them on the disk"
            .formatted(
                Figures.count(stats.visibleSequence()), Figures.count(stats.durableSequence())));
    printMemory(stats.memory(), out);
    printWork(stats.work(), out);
    line(out, "open snapshots", Figures.count(stats.openSnapshots()));
    line(out, "open cursors", Figures.count(stats.openCursors()));
    line(out, "takes writes", stats.writable() ? "yes" : "no: a failure has stopped them");
  }

  private static long tables(Stats stats) {
    return stats.keyspaces().stream()
        .flatMap(keyspace -> keyspace.levels().stream())
        .mapToLong(level -> level.tables().size())
        .sum();
  }

  private static long debt(Stats stats) {
    return stats.keyspaces().stream().mapToLong(Stats.KeyspaceStats::debtBytes).sum();
  }

  private static void printMemory(Stats.Memory memory, Output out) throws IOException {
    line(
        out, "memory", Figures.size(memory.usedBytes()) + " of " + Figures.size(memory.maxBytes()));
    line(out, "  memtables", Figures.size(memory.memtableBytes()));
    line(out, "  cached blocks", Figures.size(memory.cacheBytes()));
    line(out, "  filters, fences", Figures.size(memory.tableBytes()));
    line(out, "mapped files", Figures.size(memory.mappedBytes()));
  }

  private static void printWork(Stats.Work work, Output out) throws IOException {
    line(out, "since opening", "");
    line(out, "  flushed", Figures.size(work.flushedBytes()));
    line(
        out,
        "  compacted",
        Figures.size(work.compactedReadBytes())
            + " into "
            + Figures.size(work.compactedWrittenBytes()));
    line(
        out,
        "  write amplification",
        work.flushedBytes() == 0 ? "-" : Figures.ratio(work.writeAmplification()));
    line(out, "  cache", Figures.many(work.cacheHits(), "hit") + ", " + misses(work.cacheMisses()));
    line(out, "  writers delayed", Figures.time(work.delayedNanos()));
    line(out, "  writers stalled", Figures.time(work.stalledNanos()));
  }

  private static String misses(long count) {
    return Figures.count(count) + (count == 1 ? " miss" : " misses");
  }

  private static void line(Output out, String name, String value) throws IOException {
    out.line("%-21s %s".formatted(name, value).stripTrailing());
  }

  /// One object with the sums first.
  private static void printJson(Stats stats, Output out) {
    JsonGenerator json = RecordWriter.generator(out);
    json.writeStartObject();
    json.writeName("entries");
    json.writeNumber(stats.entries());
    json.writeName("tableBytes");
    json.writeNumber(stats.tableBytes());
    writeComponents(stats, json);
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  private static void writeComponents(Record figures, JsonGenerator json) {
    for (RecordComponent figure : figures.getClass().getRecordComponents()) {
      json.writeName(figure.getName());
      try {
        write(figure.getAccessor().invoke(figures), json);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  private static void write(Object value, JsonGenerator json) {
    switch (value) {
      case Record figures -> {
        json.writeStartObject();
        writeComponents(figures, json);
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(each -> write(each, json));
        json.writeEndArray();
      }
      case String text -> json.writeString(text);
      default -> json.writeRawValue(String.valueOf(value)); // numbers and truth values
    }
  }
}
