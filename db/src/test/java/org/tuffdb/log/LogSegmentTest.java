package org.tuffdb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.ReadFile;

/// Files of a log as they are made, and those that grow as records come.
class LogSegmentTest {
  private static final Path PATH = Path.of("/1.log");
  private static final int MIB = 1 << 20;
  private static final FileHeader HEADER = new FileHeader(FileHeader.Kind.LOG, 1, 3, 4711);

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final FaultyFileSystem files = new FaultyFileSystem(disk);

  private enum OneFile implements Log.Successor {
    INSTANCE;

    @Override
    public LogSegment next(LogSegment full, long sizeBytesMin) {
      throw new AssertionError("it grows");
    }

    @Override
    public void finished(LogSegment segment, long endOffset) {
      throw new AssertionError("it is never left");
    }
  }

  private Log growingLog() throws IOException {
    return new Log(LogSegment.growing(files, PATH, HEADER), 0, OneFile.INSTANCE);
  }

  private static byte[] content(FileSystem files) throws IOException {
    try (ReadFile file = files.openForRead(PATH)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      assertThat(file.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
      return bytes;
    }
  }

  private static byte[] header() {
    byte[] bytes = new byte[FileHeader.BYTES];
    HEADER.write(bytes);
    return bytes;
  }

  @AfterEach
  void nothingIsLeftOpen() {
    disk.assertNothingOpen();
  }

  /// One entry of a page table maps such a piece, if it is to be stored to.
  @Test
  void aSegmentIsWrittenInPiecesOfAHugePage() throws IOException {
    List<String> writes = new ArrayList<>();
    files.listen(call -> {
      if (call.kind() == FileCall.Kind.WRITE) {
        writes.add(call.toString());
      }
    });
    LogSegment.create(files, PATH, HEADER, 4 * MIB, LogSegment.STORED_CHUNK_BYTES).close();
    assertThat(writes)
        .containsExactly(
            "write 1.log 0.." + 2 * MIB,
            "write 1.log 0.." + FileHeader.BYTES,
            "write 1.log " + 2 * MIB + ".." + 4 * MIB);
  }

  @Test
  void theHeaderOfASegmentIsOnTheDisk() throws IOException {
    LogSegment.create(files, PATH, HEADER, 4 * MIB, LogSegment.STORED_CHUNK_BYTES).close();
    try (Directory root = disk.openDirectory(Path.of("/"))) {
      root.sync();
    }
    assertThat(content(disk.crash(CrashChoice.loseAll()))).startsWith(header());
  }

  @Test
  void aFileThatGrowsBeginsWithItsHeaderAlone() throws IOException {
    try (Log log = growingLog()) {
      assertThat(content(disk)).isEqualTo(header());
      log.add(LogFormat.DATA, 0, new byte[5], 0, 5);
      log.append(false);
      assertThat(content(disk)).hasSize(FileHeader.BYTES + (int) Log.recordBytes(5));
      assertThat(log.fits(1L << 34)).isTrue();
    }
  }

  @Test
  void aFileThatCannotGetItsHeaderIsNotLeft() throws IOException {
    files.failNth(Fault.SHORT_WRITE, 1, call -> call.kind() == FileCall.Kind.WRITE);
    assertThatThrownBy(() -> LogSegment.growing(files, PATH, HEADER))
        .isInstanceOf(NoSpaceException.class);
    assertThat(disk.exists(PATH)).isFalse();
  }

  @Test
  void aFileThatCannotBeTakenAwayIsToldBesideWhatFailed() throws IOException {
    files.failNth(Fault.SHORT_WRITE, 1, call -> call.kind() == FileCall.Kind.WRITE);
    files.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.DELETE);
    assertThatThrownBy(
            () -> LogSegment.create(files, PATH, HEADER, MIB, LogSegment.STORED_CHUNK_BYTES))
        .isInstanceOfSatisfying(
            NoSpaceException.class,
            full ->
                assertThat(full.getSuppressed())
                    .singleElement()
                    .satisfies(another -> assertThat(another).hasMessageContaining("delete")));
  }

  /// The disk is full: to wipe out what did not get there would only need more of it.
  @ParameterizedTest
  @ValueSource(ints = {90, MIB - 100, 3 * MIB + 5000})
  void aGroupThatIsTakenBackDoesNotLetTheFileGrow(int length) throws IOException {
    for (Fault fault : List.of(Fault.NO_SPACE, Fault.SHORT_WRITE)) {
      try (Log log = growingLog()) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 1);
        log.add(LogFormat.DATA, 0, payload, 0, 8);
        log.append(false);
        byte[] before = content(disk);
        // That of a large record's padding and of what is behind it; else there is only one.
        int last = length > MIB ? 4 : 1;
        files.failNth(fault, last, call -> call.kind() == FileCall.Kind.WRITE);
        assertThatThrownBy(
                () -> {
                  log.add(LogFormat.DATA, 0, payload, 0, 8);
                  log.add(LogFormat.DATA, 0, payload, 0, length);
                  log.add(LogFormat.DATA, 0, payload, 0, 80);
                  log.append(false);
                })
            .isInstanceOf(NoSpaceException.class);
        int grown = content(disk).length;
        log.rollback();
        byte[] after = content(disk);
        assertThat(after).hasSize(grown).startsWith(before);

        log.add(LogFormat.DATA, 0, payload, 0, 8);
        log.append(false);
        assertThat(log.endOffset()).isEqualTo(before.length + Log.recordBytes(8));
        assertThat(readRecords()).isEqualTo(2);
      }
      disk.delete(PATH);
    }
  }

  private int readRecords() throws IOException {
    int records = 0;
    try (LogReader reader = new LogReader(disk, PATH, FileHeader.Kind.LOG, 1)) {
      while (reader.next()) {
        records++;
      }
      assertThat(reader.tail().endOffset()).as("no trace is left").isEqualTo(reader.endOffset());
    }
    return records;
  }
}
