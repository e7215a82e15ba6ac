package org.tuffdb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;

/// What is found behind the sound records of a log: whatever says that it is a record of this file
/// at this place, and nothing else.
class LogTailTest {
  private static final int FIRST = LogFormat.FIRST_RECORD_AT;
  private static final int HEADER = LogFormat.HEADER_BYTES;
  private static final int WINDOW_BYTES = 256 << 10;
  private static final LogReader.Tail NOTHING = new LogReader.Tail(0, FIRST);

  private static LogReader.Tail found(long syncedPosition, long endOffset) {
    return new LogReader.Tail(syncedPosition, endOffset);
  }

  /// What may stand around a record: zeros, what no byte of it looks like, and what looks like the
  /// number of its file.
  private static List<Integer> fillers(long number) {
    int zeroBits = Long.numberOfTrailingZeros(number) / Byte.SIZE * Byte.SIZE;
    return List.of(0, 0xA5, (int) (number >>> zeroBits) & 0xFF);
  }

  /// They are told by one byte of the file's number, and that must not be a zero of it.
  @ParameterizedTest
  @ValueSource(
      longs = {
        1,
        2,
        255,
        256,
        257,
        0x80,
        0x8000,
        0x1_0000,
        0x1_0100,
        0xAB_0000,
        0x100_0000,
        0x7F00_0000,
        0x7F00_0001,
        FileNames.NUMBER_MAX
      })
  void aRecordIsFoundWhateverTheNumberOfItsFile(long number) throws IOException {
    for (int filler : fillers(number)) {
      ForgedLog log = new ForgedLog(number, 4096);
      log.fill(filler);
      long synced = LogFormat.position(number, 808);
      int end = log.record(808, 100, synced);
      assertThat(log.tail()).as("filler %d", filler).isEqualTo(found(synced, end));
    }
  }

  /// The end of a file need not be a place at which a record could begin.
  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 407})
  void aHeaderIsFoundAtEachPlaceThatHasRoomForIt(int sizeBytes) throws IOException {
    for (long number : new long[] {1, 256, 0x1_0000, 0x100_0000}) {
      for (int filler : fillers(number)) {
        for (int at = FIRST; at < sizeBytes; at += 8) {
          ForgedLog log = new ForgedLog(number, sizeBytes);
          log.fill(filler);
          log.trace(at, 0, 0);
          boolean fits = at + HEADER <= sizeBytes;
          assertThat(log.tail())
              .as("file %d, filler %d, header at %d", number, filler, at)
              .isEqualTo(fits ? found(0, at + HEADER) : NOTHING);
        }
      }
    }
  }

  @Test
  void aRecordInTheLastPlaceThatHasRoomForItIsReadToo() throws IOException {
    ForgedLog log = new ForgedLog(256, 1024);
    long synced = LogFormat.position(256, 512);
    assertThat(log.record(1024 - HEADER - 16, 16, synced)).isEqualTo(1024);
    assertThat(log.tail()).isEqualTo(found(synced, 1024));
  }

  /// The file is looked through piece by piece.
  @ParameterizedTest
  @ValueSource(longs = {1, 256})
  void aRecordIsFoundAtTheBordersOfWhatIsReadAtOnce(long number) throws IOException {
    for (int border : new int[] {FIRST + WINDOW_BYTES, 2 * WINDOW_BYTES + 32}) {
      for (int filler : List.of(0, 1)) {
        for (int at = border - 56; at <= border + 16; at += 8) {
          ForgedLog log = new ForgedLog(number, 2 * WINDOW_BYTES + 1024);
          log.fill(filler);
          long synced = LogFormat.position(number, 96);
          int end = log.record(at, 50, synced);
          assertThat(log.tail())
              .as("filler %d, record at %d", filler, at)
              .isEqualTo(found(synced, end));
        }
      }
    }
  }

  /// Among them those whose numbers agree in the byte that tells most of them.
  @Test
  void recordsOfOtherFilesAreNoTraces() throws IOException {
    for (long[] pair : new long[][] {{1, 257}, {1, 0x100_0001}, {256, 0x101}, {256, 0x1_0100}}) {
      ForgedLog log = new ForgedLog(pair[0], 4096);
      for (int at = FIRST; at + HEADER <= 4096; at += HEADER) {
        log.trace(at, 0, Long.MAX_VALUE, pair[1], ForgedLog.SALT);
        LogStructure.seal(log.bytes, at);
      }
      assertThat(log.tail()).as("of %d in %d", pair[1], pair[0]).isEqualTo(NOTHING);
    }
  }

  @Test
  void norAreThoseOfAnotherPlaceOrOfAFormerLifeOfTheFile() throws IOException {
    ForgedLog log = new ForgedLog(1, 4096);
    log.record(2000, 0, Long.MAX_VALUE);
    System.arraycopy(log.bytes, 2000, log.bytes, 1000, HEADER);
    log.trace(2000, 0, Long.MAX_VALUE, 1, ForgedLog.SALT + 1);
    LogStructure.seal(log.bytes, 2000);
    assertThat(log.tail()).isEqualTo(NOTHING);
  }

  /// A power cut may keep the second sector of a header and not the first, which has the length.
  @ParameterizedTest
  @ValueSource(
      ints = {
        -1,
        Integer.MIN_VALUE,
        -HEADER,
        LogFormat.PAYLOAD_BYTES_MAX + 1,
        Integer.MAX_VALUE,
        1024
      })
  void aTornHeaderWithALengthThatCannotBeIsATraceAndHidesNone(int length) throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    log.trace(200, length, Long.MAX_VALUE);
    assertThat(log.tail()).isEqualTo(found(0, 200 + HEADER));

    int end = log.record(200 + HEADER, 10, 5);
    assertThat(log.tail()).as("with a record behind it").isEqualTo(found(5, end));
  }

  @Test
  void aRecordThatSaysItEndsBehindTheFileVouchesForNothing() throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    log.trace(200, 1024 - 200 - HEADER + 1, Long.MAX_VALUE);
    assertThat(log.tail()).isEqualTo(found(0, 200 + HEADER));
    log.record(200, 1024 - 200 - HEADER, 7);
    assertThat(log.tail()).as("if it ends with the file").isEqualTo(found(7, 1024));
  }

  /// What its length says was written, but what stands there may be anything.
  @Test
  void withinATornRecordTracesAreLookedFor() throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    log.trace(200, 400, Long.MAX_VALUE);
    log.record(200 + HEADER, 10, 5);
    log.record(200 + 104, 10, 9);
    log.record(200 + 208, 10, 6);
    assertThat(log.tail()).isEqualTo(found(9, 200 + HEADER + 400));
  }

  @Test
  void withinASoundRecordNoneAreLookedFor() throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    log.record(304, 10, Long.MAX_VALUE);
    int end = log.record(200, 400, 5);
    assertThat(log.tail()).isEqualTo(found(5, end));

    log.record(end, 10, 6);
    assertThat(log.tail().syncedPosition()).as("but right behind it").isEqualTo(6);
  }

  @Test
  void itBeginsBehindTheSoundRecords() throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    int end = log.record(log.record(FIRST, 10, Long.MAX_VALUE), 20, Long.MAX_VALUE);
    assertThat(log.tail()).isEqualTo(found(0, end));
    log.record(end + 8, 0, 5);
    assertThat(log.tail()).isEqualTo(found(5, end + 8 + HEADER));
  }

  /// What lies behind the known end was given up, or belongs to the file's former life.
  @Test
  void itEndsWhereTheFileIsKnownToEnd() throws IOException {
    ForgedLog log = new ForgedLog(1, 1024);
    log.record(400, 10, 9);
    int end = log.record(200, 10, 5);
    for (int wholeBytes : new int[] {end, 400, 400 + HEADER - 1}) {
      try (LogReader reader = log.open(log.files(), wholeBytes)) {
        assertThat(reader.next()).isFalse();
        assertThat(reader.tail()).as("known to end at %d", wholeBytes).isEqualTo(found(5, end));
      }
    }
  }

  /// Each of these records is torn, says that it is long, and has all the others in it.
  @Test
  void recordsThatOverlapMayBeReadSixteenTimesOver() throws IOException {
    int sizeBytes = FIRST + 200 * HEADER;
    ForgedLog log = new ForgedLog(1, sizeBytes);
    int longBytes = 7200;
    int at = FIRST;
    int left = 16 * sizeBytes;
    for (; left > longBytes; left -= longBytes, at += HEADER) {
      log.trace(at, longBytes - HEADER, 0);
    }
    log.trace(at, left - HEADER, 0);
    assertThat(at + left).as("ends within the file").isLessThan(sizeBytes);
    assertThat(log.tail()).isEqualTo(found(0, at - HEADER + longBytes));

    int oneMore = at + HEADER;
    log.trace(oneMore, 0, 0);
    assertThatThrownBy(log::tail)
        .isInstanceOfSatisfying(
            CorruptionException.class,
            refused -> {
              assertThat(refused.what()).contains("overlap");
              assertThat(refused.offset()).isEqualTo(oneMore);
            });
  }

  /// The rest of a log file is mostly that, and opening waits for the search.
  @Test
  void aFileWithoutTracesIsReadOnce() throws IOException {
    ForgedLog log = new ForgedLog(1, 5 * WINDOW_BYTES);
    for (int filler : fillers(1)) {
      log.fill(filler);
      MemoryFileSystem files = log.files();
      long[] readBytes = {0};
      files.listen(call -> readBytes[0] += call.kind() == FileCall.Kind.READ ? call.length() : 0);
      try (LogReader reader = log.open(files, -1)) {
        assertThat(reader.next()).isFalse();
        assertThat(reader.tail()).isEqualTo(NOTHING);
      }
      assertThat(readBytes[0])
          .as("of filler %d", filler)
          .isBetween((long) log.bytes.length, log.bytes.length + 6L * HEADER);
    }
  }
}
