package org.tuffdb.shell;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads all records of an input as `load` does, for the fuzzer of the engine's tests, which finds
/// this by its name. Says whether nothing was refused; what `load` does not expect is thrown.
public final class ImportReading implements Predicate<byte[]> {
  private final Load.Format format;

  /// @param format the name of one of [Load.Format]
  public ImportReading(String format) {
    this.format =
        Arrays.stream(Load.Format.values())
            .filter(each -> each.toString().equals(format))
            .findFirst()
            .orElseThrow();
  }

  /// With each choice that changes how the input is read.
  @Override
  public boolean test(byte[] input) {
    boolean accepted = reads(input, null, false);
    accepted |= reads(input, "id", false);
    accepted |= reads(input, null, true);
    return accepted;
  }

  private boolean reads(byte[] input, @Nullable String key, boolean literal) {
    try {
      RecordReader records = reader(new ByteArrayInputStream(input), key, literal);
      while (records.next()) {
        requireRecord(records);
      }
      return true;
    } catch (BadRecordException | UsageException | IOException refused) {
      return false;
    }
  }

  private RecordReader reader(InputStream in, @Nullable String key, boolean literal)
      throws IOException, BadRecordException {
    return switch (format) {
      case CSV -> new CsvRecords(in, ',', key, literal);
      case TSV -> new CsvRecords(in, '\t', key, literal);
      case JSONL -> new JsonRecords(new Lines(in), key, literal);
      case LINES -> new LineRecords(new Lines(in), literal);
    };
  }

  private static void requireRecord(RecordReader records) {
    if (records.key() == null || records.value() == null || records.line() < 1) {
      throw new AssertionError("no record on line " + records.line());
    }
  }
}
