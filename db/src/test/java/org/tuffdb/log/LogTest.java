package org.tuffdb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.NoSpaceException;

/// What a log writes is what its reader finds, at the same places, whatever the size of a record
/// and of the window that the reader looks through.
class LogTest {
  private static final int SALT = 4711;
  private static final int MIB = 1 << 20;
  private static final int SMALL_BYTES = 1024;

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final FaultyFileSystem files = new FaultyFileSystem(disk);
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<String> finished = new ArrayList<>();
  private long segmentBytes = 16 * MIB;
  private int segments;

  private Log log() throws IOException {
    return new Log(
        segment(),
        7,
        new Log.Successor() {
          @Override
          public LogSegment next(LogSegment full, long sizeBytesMin) throws IOException {
            segmentBytes = Math.max(segmentBytes, sizeBytesMin);
            return segment();
          }

          @Override
          public void finished(LogSegment segment, long endOffset) {
            finished.add(segment.number() + " to " + endOffset);
            try {
              segment.close();
            } catch (IOException impossible) {
              throw new UncheckedIOException(impossible);
            }
          }
        });
  }

  private LogSegment segment() throws IOException {
    segments++;
    return LogSegment.create(
        files, path(segments), header(segments), segmentBytes, LogSegment.STORED_CHUNK_BYTES);
  }

  private static FileHeader header(long number) {
    return new FileHeader(FileHeader.Kind.LOG, number, 3, SALT);
  }

  private static Path path(long number) {
    return Path.of("/" + number + ".log");
  }

  private byte[] payload(int length) {
    byte[] payload = new byte[length + 2]; // a part of it is added
    random.nextBytes(payload);
    return payload;
  }

  private static void add(Log log, long sequence, byte[] payload) throws IOException {
    log.add(LogFormat.DATA, sequence, payload, 1, payload.length - 2);
  }

  private LogReader reader(long number) throws IOException {
    return new LogReader(disk, path(number), FileHeader.Kind.LOG, number);
  }

  @AfterEach
  void nothingIsLeftOpen() {
    disk.assertNothingOpen();
  }

  @Test
  void recordsOfEverySizeAreFoundWhereTheyWereWritten() throws IOException {
    int[] lengths = {
      0, 1, 7, 8, 9, 4000, 4056, 4057, 9000, MIB - 1, 3, MIB, MIB + 3, 5, 3 * MIB, 64
    };
    List<byte[]> payloads = new ArrayList<>();
    try (Log log = log()) {
      for (int length : lengths) {
        payloads.add(payload(length));
        add(log, 100 + payloads.size(), payloads.getLast());
        if (payloads.size() % 3 == 0) { // else they are of one group
          log.append(payloads.size() % 2 == 0);
        }
      }
      log.append(false);
      assertThat(log.endOffset())
          .isEqualTo(
              LogFormat.FIRST_RECORD_AT + Arrays.stream(lengths).mapToLong(Log::recordBytes).sum());
      log.sync();
    }
    try (LogReader reader = reader(1)) {
      long at = LogFormat.FIRST_RECORD_AT;
      for (byte[] payload : payloads) {
        assertThat(reader.next()).as("record at %d", at).isTrue();
        assertThat(reader.offset()).isEqualTo(at);
        at += Log.recordBytes(payload.length - 2);
        assertThat(reader.endOffset()).isEqualTo(at);
        assertThat(reader.type()).isEqualTo(LogFormat.DATA);
        assertThat(contentOf(reader)).isEqualTo(Arrays.copyOfRange(payload, 1, payload.length - 1));
      }
      assertThat(reader.firstSequence()).isEqualTo(100L + lengths.length);
      assertThat(reader.next()).isFalse();
      assertThat(reader.tail().endOffset()).isEqualTo(at);
    }
  }

  private static byte[] contentOf(LogReader reader) {
    int from = reader.payloadOffset();
    return Arrays.copyOfRange(reader.buffer(), from, from + reader.payloadLength());
  }

  /// Else the gap of a shorter record would show what stood in the buffer before.
  @Test
  void theGapBehindAPayloadIsZero() throws IOException {
    try (Log log = log()) {
      byte[] ones = new byte[100];
      Arrays.fill(ones, (byte) 1);
      add(log, 1, ones);
      log.append(false);
      add(log, 2, new byte[] {0, 1, 0});
      log.append(false);
      long from = LogFormat.FIRST_RECORD_AT + Log.recordBytes(98) + LogFormat.HEADER_BYTES;
      try (LogReader reader = reader(1)) {
        assertThat(reader.read(from, 8)).containsExactly(1, 0, 0, 0, 0, 0, 0, 0);
      }
    }
  }

  @Test
  void soIsThatBehindAPayloadThatIsNotCopied() throws IOException {
    try (Log log = log()) {
      add(log, 1, payload(MIB + 3));
      log.append(false);
      long end = log.endOffset();
      try (LogReader reader = reader(1)) {
        assertThat(reader.read(end - 5, 5)).containsExactly(0, 0, 0, 0, 0);
      }
    }
  }

  @Test
  void aLogThatWentOnClosesAllItsFiles() throws IOException {
    try (Log log = log()) {
      add(log, 7, payload(10));
      log.append(false);
      log.roll(8);
      assertThat(log.segment().number()).isEqualTo(2);
    } // and nothingIsLeftOpen
  }

  @Test
  void aLogThatCannotGoOnClosesTheNextFile() throws IOException {
    try (Log log = log()) {
      add(log, 7, payload(10));
      log.append(false);
      files.failNth(
          Fault.IO_ERROR,
          1,
          call -> call.kind() == FileCall.Kind.WRITE && call.path().equals(path(1)));
      assertThatThrownBy(() -> log.roll(8)).hasMessageContaining("could not go on");
      assertThat(log.segment().number()).isEqualTo(1);
    } // and nothingIsLeftOpen
  }

  @Test
  void aReaderOfAnotherFileClosesIt() throws IOException {
    segment().close();
    assertThatThrownBy(() -> new LogReader(disk, path(1), FileHeader.Kind.LOG, 2))
        .isInstanceOf(CorruptionException.class);
  }

  @Test
  void aGroupFitsAsLongAsThereIsRoomForTheLastRecordBehindIt() throws IOException {
    segmentBytes = SMALL_BYTES;
    try (Log log = log()) {
      long room = SMALL_BYTES - LogFormat.FIRST_RECORD_AT - LogFormat.HEADER_BYTES;
      assertThat(log.fits(room)).isTrue();
      assertThat(log.fits(room + 1)).isFalse();
      log.reserve(room, 8);
      assertThat(log.segment().number()).isEqualTo(1);
      log.roll(8); // it is empty
      assertThat(log.segment().number()).isEqualTo(1);
      add(log, 7, payload(10));
      log.append(false);
      log.reserve(room, 8);
      assertThat(log.segment().number()).isEqualTo(2);
      assertThat(log.segment().firstSequence()).isEqualTo(8);
      assertThat(log.endOffset()).isEqualTo(LogFormat.FIRST_RECORD_AT);
      log.sync();
    }
    long end = LogFormat.FIRST_RECORD_AT + Log.recordBytes(10) + LogFormat.HEADER_BYTES;
    assertThat(finished).containsExactly("1 to " + end);
    try (LogReader reader = reader(1)) {
      assertThat(reader.next()).isTrue();
      assertThat(reader.next()).isTrue();
      assertThat(reader.type()).isEqualTo(LogFormat.ROLL);
      assertThat(reader.endOffset()).isEqualTo(end);
    }
  }

  @Test
  void whatIsAppendedIsUnsyncedUntilASync() throws IOException {
    try (Log log = log()) {
      assertThat(log.segment().firstSequence()).isEqualTo(7);
      long before = log.appendedPosition();
      assertThat(before).isEqualTo(LogFormat.position(1, LogFormat.FIRST_RECORD_AT));
      assertThat(log.hasUnsynced()).isFalse();
      add(log, 7, payload(10));
      log.append(false);
      assertThat(log.hasUnsynced()).isTrue();
      assertThat(log.appendedPosition()).isGreaterThan(before);
      log.sync();
      assertThat(log.hasUnsynced()).isFalse();
      log.mark();
      assertThat(log.seal()).isEqualTo(log.endOffset());
    }
    try (LogReader reader = reader(1)) {
      assertThat(reader.next()).isTrue();
      assertThat(reader.syncedPosition())
          .isEqualTo(LogFormat.position(1, LogFormat.FIRST_RECORD_AT));
      assertThat(reader.next()).isTrue();
      assertThat(reader.type()).isEqualTo(LogFormat.MARK);
      assertThat(reader.syncedPosition()).isEqualTo(LogFormat.position(1, reader.offset()));
      assertThat(reader.next()).isTrue();
      assertThat(reader.type()).isEqualTo(LogFormat.SEAL);
    }
  }

  /// The disk is full behind the first part of the group, which has whole records.
  @Test
  void ofAGroupThatIsTakenBackNothingIsLeftNotEvenByAPowerCut() throws IOException {
    segmentBytes = 8 * MIB;
    try (Log log = log();
        Directory root = disk.openDirectory(Path.of("/"))) {
      root.sync();
      add(log, 7, payload(10));
      log.append(false);
      long end = log.endOffset();
      add(log, 8, payload(20));
      add(log, 9, payload(2 * MIB));
      log.rollback();
      assertThat(log.endOffset()).isEqualTo(end);
      try (LogReader reader = reader(1)) {
        assertThat(reader.read(end, 3 * MIB)).isEqualTo(new byte[3 * MIB]);
      }
      MemoryFileSystem afterwards = disk.crash(CrashChoice.loseAll());
      try (LogReader reader = new LogReader(afterwards, path(1), FileHeader.Kind.LOG, 1)) {
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isFalse();
        assertThat(reader.tail().endOffset()).isEqualTo(end);
      }
      add(log, 8, payload(30));
      log.append(false);
      assertThat(log.endOffset()).isEqualTo(end + Log.recordBytes(30));
    }
  }

  /// Where each write takes new blocks, there may be none for the zeros. Then it is unknown what of
  /// the group is in the file.
  @Test
  void aGroupThatCannotBeTakenBackIsNotRefused() throws IOException {
    try (Log log = log()) {
      add(log, 7, payload(2 * MIB));
      files.failFromNth(Fault.NO_SPACE, 1, call -> call.kind() == FileCall.Kind.WRITE);
      assertThatThrownBy(log::rollback)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NoSpaceException.class);
    }
  }

  /// A reader would take it for the end of the log.
  @Test
  void aRecordThatCouldNotBeReadIsNotWritten() throws IOException {
    try (Log log = log()) {
      byte[] payload = payload(10);
      assertThatThrownBy(
              () -> log.add(LogFormat.DATA, 7, payload, 0, LogFormat.PAYLOAD_BYTES_MAX + 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("could not be read again");
      add(log, 7, payload);
      log.append(false);
    }
    try (LogReader reader = reader(1)) {
      assertThat(reader.next()).isTrue();
      assertThat(reader.next()).isFalse();
    }
  }

  private static List<FileCall> writesOf(FaultyFileSystem files) {
    List<FileCall> writes = new ArrayList<>();
    files.listen(call -> {
      if (call.kind() == FileCall.Kind.WRITE || call.kind() == FileCall.Kind.STORE) {
        writes.add(call);
      }
    });
    return writes;
  }

  /// Each write is a system call, or nearly one.
  @Test
  void aGroupIsWrittenAtOnce() throws IOException {
    try (Log log = log()) {
      for (FileCall.Kind kind : List.of(FileCall.Kind.WRITE, FileCall.Kind.STORE)) {
        long from = log.endOffset();
        List<FileCall> writes = writesOf(files);
        add(log, 7, payload(10));
        add(log, 8, payload(5000));
        add(log, 9, payload(0));
        assertThat(writes).isEmpty();
        log.append(kind == FileCall.Kind.STORE);
        assertThat(writes)
            .singleElement()
            .satisfies(write -> {
              assertThat(write.kind()).isEqualTo(kind);
              assertThat(write.position()).isEqualTo(from);
              assertThat(write.length()).isEqualTo(log.endOffset() - from);
            });
      }
    }
  }

  @Test
  void aLargePayloadIsWrittenByItself() throws IOException {
    try (Log log = log()) {
      List<FileCall> writes = writesOf(files);
      add(log, 7, payload(MIB));
      log.append(false);
      assertThat(writes).extracting(FileCall::length).containsExactly(LogFormat.HEADER_BYTES, MIB);
    }
  }

  @Test
  void theNextFileIsAskedToHaveRoomForTheGroupAndTheLastRecord() throws IOException {
    segmentBytes = SMALL_BYTES;
    try (Log log = log()) {
      long bytes = Log.recordBytes(5000);
      log.reserve(bytes, 7);
      assertThat(log.segment().number()).isEqualTo(2);
      assertThat(log.fits(bytes)).isTrue();
      assertThat(log.fits(bytes + 1)).as("more was not asked for").isFalse();
    }
  }

  @Test
  void afterASyncThatFailedNoneIsTried() throws IOException {
    try (Log log = log()) {
      add(log, 7, payload(10));
      log.append(false);
      files.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
      assertThatThrownBy(log::sync).hasMessageContaining("Input/output error");
      long calls = files.calls();
      assertThatThrownBy(log::sync)
          .hasMessageContaining("an earlier sync failed")
          .hasRootCauseMessage("/1.log: injected into `sync 1.log`: Input/output error");
      assertThat(files.calls()).isEqualTo(calls);
      assertThat(log.hasUnsynced()).isTrue();
    }
  }

  @Test
  void anyThreadMaySync() throws Exception {
    try (Log log = log()) {
      log.sync();
      add(log, 7, payload(10));
      log.append(false);
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(() -> {
            try {
              log.sync();
            } catch (IOException failed) {
              throw new UncheckedIOException(failed);
            }
          });
      other.get(1, TimeUnit.MINUTES);
      assertThat(log.hasUnsynced()).isFalse();
    }
  }

  /// It may lack its last record, and the log has not gone on.
  @Test
  void aFileThatCouldNotBeLeftIsNotFinished() throws IOException {
    try (Log log = log()) {
      add(log, 7, payload(10));
      log.append(false);
      files.failNth(
          Fault.NO_SPACE,
          1,
          call -> call.kind() == FileCall.Kind.WRITE && call.path().equals(path(1)));
      assertThatThrownBy(() -> log.roll(8))
          .as("no refusal")
          .isNotInstanceOf(NoSpaceException.class);
      log.sync();
      assertThat(finished).isEmpty();
    }
  }

  @Test
  void aFileIsOnTheDiskWhenItIsFinished() throws IOException {
    List<Integer> records = new ArrayList<>();
    Log.Successor checked =
        new Log.Successor() {
          @Override
          public LogSegment next(LogSegment full, long sizeBytesMin) throws IOException {
            return segment();
          }

          @Override
          public void finished(LogSegment segment, long endOffset) {
            try {
              segment.close();
              records.add(recordsAfterPowerCut(segment.number()));
            } catch (IOException failed) {
              throw new UncheckedIOException(failed);
            }
          }
        };
    try (Log log = new Log(segment(), 7, checked)) {
      syncRoot();
      add(log, 7, payload(10));
      log.append(false);
      log.roll(8);
      add(log, 8, payload(10));
      log.append(false);
      log.sync();
    }
    assertThat(records).containsExactly(2);
  }

  private void syncRoot() throws IOException {
    try (Directory root = disk.openDirectory(Path.of("/"))) {
      root.sync();
    }
  }

  private int recordsAfterPowerCut(long number) throws IOException {
    MemoryFileSystem afterwards = disk.crash(CrashChoice.loseAll());
    int records = 0;
    try (LogReader reader = new LogReader(afterwards, path(number), FileHeader.Kind.LOG, number)) {
      while (reader.next()) {
        records++;
      }
    }
    return records;
  }

  @Test
  void aSealedLogIsOnTheDisk() throws IOException {
    try (Log log = log()) {
      syncRoot();
      add(log, 7, payload(10));
      log.append(false);
      log.seal();
      assertThat(log.hasUnsynced()).isFalse();
      assertThat(recordsAfterPowerCut(1)).isEqualTo(2);
    }
  }

  @Test
  void noMarkIsMadeWhereItsFileHasNoRoom() throws IOException {
    segmentBytes = LogFormat.FIRST_RECORD_AT + 2 * LogFormat.HEADER_BYTES;
    try (Log log = log()) {
      log.mark();
      long end = log.endOffset();
      assertThat(end).isEqualTo(LogFormat.FIRST_RECORD_AT + LogFormat.HEADER_BYTES);
      log.mark();
      assertThat(log.endOffset()).isEqualTo(end);
      assertThat(log.segment().number()).isEqualTo(1);
      assertThat(log.seal()).isEqualTo(segmentBytes);
    }
  }

  @Test
  void whereTheDiskHasNoRoomForAMarkTheNextRecordTakesItsPlace() throws IOException {
    try (Log log = log()) {
      files.failNth(Fault.SHORT_WRITE, 1, call -> call.kind() == FileCall.Kind.WRITE);
      log.mark();
      assertThat(files.faults()).isEqualTo(1);
      assertThat(log.endOffset()).isEqualTo(LogFormat.FIRST_RECORD_AT);
      assertThat(log.hasUnsynced()).isFalse();
      add(log, 7, payload(10));
      log.append(false);
    }
    try (LogReader reader = reader(1)) {
      assertThat(reader.next()).isTrue();
      assertThat(reader.type()).isEqualTo(LogFormat.DATA);
      assertThat(reader.next()).isFalse();
    }
  }

  @Test
  void aSegmentIsAsLargeAsItIsAskedFor() throws IOException {
    for (long sizeBytes : new long[] {64, 100, 2 * MIB, 2 * MIB + 1, 4 * MIB, 5 * MIB}) {
      segmentBytes = sizeBytes;
      segment().close();
      try (LogReader reader = reader(segments)) {
        assertThat(reader.read(0, 6 * MIB)).hasSize((int) sizeBytes);
      }
    }
  }

  @Test
  void aSegmentThatCannotBeMadeLeavesNoFile() throws IOException {
    for (FileCall.Kind kind : List.of(FileCall.Kind.WRITE, FileCall.Kind.SYNC)) {
      files.failNth(Fault.IO_ERROR, 1, call -> call.kind() == kind);
      assertThatThrownBy(this::segment).isInstanceOf(IOException.class);
      assertThat(disk.exists(path(segments))).isFalse();
      segment().close();
      Path old = path(segments);
      files.failNth(Fault.IO_ERROR, 1, call -> call.kind() == kind);
      assertThatThrownBy(() -> LogSegment.recycle(files, old, path(99), header(99)))
          .isInstanceOf(IOException.class);
      assertThat(disk.exists(path(99))).isFalse();
      assertThat(disk.exists(old)).isFalse();
    }
  }

  @Test
  void aRecycledSegmentIsAnotherFileOfTheSameSize() throws IOException {
    segmentBytes = SMALL_BYTES;
    segment().close();
    try (LogSegment recycled = LogSegment.recycle(files, path(1), path(9), header(9))) {
      assertThat(recycled.sizeBytes()).isEqualTo(SMALL_BYTES);
    }
    try (LogReader reader = reader(9)) {
      assertThat(reader.header()).isEqualTo(header(9));
    }
  }
}
