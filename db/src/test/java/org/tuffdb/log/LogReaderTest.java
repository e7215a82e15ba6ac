package org.tuffdb.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.fs.CutFiles;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.MemoryFileSystem;

/// How far a log file is read, and in which pieces.
class LogReaderTest {
  private static final int FIRST = LogFormat.FIRST_RECORD_AT;
  private static final int HEADER = LogFormat.HEADER_BYTES;
  private static final int WINDOW_BYTES = 256 << 10;

  /// How many records are read, and where the last of them ends.
  private static List<Long> readAll(LogReader reader) throws IOException {
    long records = 0;
    while (reader.next()) {
      records++;
    }
    return List.of(records, reader.endOffset());
  }

  private static List<Long> readAll(ForgedLog log, long wholeBytes) throws IOException {
    try (LogReader reader = log.open(log.files(), wholeBytes)) {
      return readAll(reader);
    }
  }

  /// Where the window has no room for the rest of a record, the next one begins with that record.
  @Test
  void recordsAreReadInLargePieces() throws IOException {
    int recordBytes = HEADER + 1000;
    int inWindow = WINDOW_BYTES / recordBytes;
    int records = inWindow + 50;
    int sizeBytes = FIRST + records * recordBytes;
    ForgedLog log = new ForgedLog(1, sizeBytes);
    for (int at = FIRST; at < sizeBytes; ) {
      at = log.record(at, 1000, 0);
    }
    MemoryFileSystem files = log.files();
    List<String> reads = new ArrayList<>();
    files.listen(call -> {
      if (call.kind() == FileCall.Kind.READ) {
        reads.add(call.toString());
      }
    });
    try (LogReader reader = log.open(files, -1)) {
      assertThat(readAll(reader)).containsExactly((long) records, (long) sizeBytes);
    }
    int border = FIRST + inWindow * recordBytes;
    assertThat(reads)
        .containsExactly(
            "read 1.log 0.." + FIRST,
            "read 1.log %d..%d".formatted(FIRST, FIRST + WINDOW_BYTES),
            "read 1.log %d..%d".formatted(border, sizeBytes));
  }

  @Test
  void aFileMayEndWithItsOnlyRecord() throws IOException {
    ForgedLog log = new ForgedLog(1, FIRST + HEADER);
    log.record(FIRST, 0, 0);
    assertThat(readAll(log, -1)).containsExactly(1L, (long) FIRST + HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        -1,
        Integer.MIN_VALUE,
        -HEADER,
        LogFormat.PAYLOAD_BYTES_MAX + 1,
        Integer.MAX_VALUE,
        897
      })
  void aRecordWhoseLengthCannotBeIsNone(int length) throws IOException {
    ForgedLog log = new ForgedLog(1, FIRST + HEADER + 896);
    log.trace(FIRST, length, 0);
    assertThat(readAll(log, -1)).containsExactly(0L, (long) FIRST);
  }

  @Test
  void aRecordIsReadIfItEndsWhereTheFileIsKnownTo() throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    int end = log.record(FIRST, 16, 0);
    int behind = log.record(end, 16, 0);
    assertThat(readAll(log, -1)).containsExactly(2L, (long) behind);
    assertThat(readAll(log, behind)).containsExactly(2L, (long) behind);
    assertThat(readAll(log, behind - 1)).containsExactly(1L, (long) end);
    assertThat(readAll(log, end)).containsExactly(1L, (long) end);
  }

  /// No log is that short; whoever says so is mistaken, and that is for the caller to notice.
  @ParameterizedTest
  @ValueSource(ints = {0, 8, FIRST - 4, FIRST})
  void aFileThatIsKnownToEndInItsHeaderHasNoRecords(int wholeBytes) throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    log.record(FIRST, 16, 0);
    assertThat(readAll(log, wholeBytes)).containsExactly(0L, (long) FIRST);
  }

  /// What is left in memory of the record before is no part of the one that was cut.
  @Test
  void aFileThatIsCutWhileItIsReadEndsThere() throws IOException {
    int length = WINDOW_BYTES + 1000;
    ForgedLog log = new ForgedLog(1, 1 << 20);
    int second = log.record(FIRST, length, 0);
    int end = log.record(second, length, 0);
    assertThat(readAll(log, -1)).containsExactly(2L, (long) end);
    int[] cuts = {0, 16, 24, HEADER - 1, HEADER, HEADER + 1, HEADER + length - 1};
    for (int cut : cuts) {
      CutFiles files = new CutFiles(log.files());
      try (LogReader reader = log.open(files.system(), -1)) {
        assertThat(reader.next()).isTrue();
        files.end = (long) second + cut;
        assertThat(reader.next()).as("cut to %d bytes", cut).isFalse();
        assertThat(reader.endOffset()).isEqualTo(second);
        if (cut < HEADER) {
          assertThat(reader.tail()).isEqualTo(new LogReader.Tail(0, second));
        }
      }
    }
  }
}
