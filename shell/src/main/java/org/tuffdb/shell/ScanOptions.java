package org.tuffdb.shell;

import java.io.IOException;
import org.tuffdb.Cursor;
import org.tuffdb.KeyRange;
import org.tuffdb.Queryable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of `scan` that say which records, and in which form.
final class ScanOptions {
  private static final byte[] NOTHING = new byte[0];

  @Mixin private RangeOptions keys = new RangeOptions();

  @Option(names = "--reverse", description = "Greatest key first.")
  private boolean reverse;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many records.")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--keys-only", description = "No values.")
  private boolean keysOnly;

  @Option(names = "--json", description = "A JSON object for each record.")
  private boolean json;

  /// Refuses what makes no sense in any store.
  void requireSense() {
    if (limit < 0) {
      throw new UsageException("--limit is negative: leave it out for all records");
    }
    KeyRange _ = range();
  }

  /// Prints the records of `source` that were asked for.
  void print(Queryable source, Console console, Interruption interruption) throws IOException {
    try (Cursor cursor = source.scan(range());
        RecordWriter writer = writer(console.out())) {
      print(cursor, limit, keysOnly, writer, interruption);
    }
  }

  /// Prints all records of `source`, and closes `writer`.
  static void print(Queryable source, RecordWriter writer, Interruption interruption)
      throws IOException {
    try (Cursor cursor = source.scan(KeyRange.all());
        writer) {
      print(cursor, Long.MAX_VALUE, false, writer, interruption);
    }
  }

  private static void print(
      Cursor cursor, long limit, boolean keysOnly, RecordWriter writer, Interruption interruption)
      throws IOException {
    for (long left = limit; left > 0 && !interruption.isRequested() && cursor.next(); left--) {
      writer.write(cursor.key(), keysOnly ? NOTHING : cursor.value());
    }
  }

  private RecordWriter writer(Output out) {
    if (json) {
      return RecordWriter.json(out, keysOnly);
    }
    return keysOnly ? RecordWriter.keys(out) : RecordWriter.text(out);
  }

  private KeyRange range() {
    return reverse ? keys.range().reversed() : keys.range();
  }
}
