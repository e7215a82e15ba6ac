package org.tuffdb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// What is put in the place of a recovered log file: its sound records, or nothing.
class LogCopyTest {
  private static final Path PATH = ForgedLog.PATH;
  private static final Path COPY = FileNames.copy(PATH);
  private static final int CHUNK_BYTES = 1 << 20;

  private MemoryFileSystem disk;
  private FaultyFileSystem files;
  private byte[] before;

  /// Where the sound records end; behind that the file has more.
  private int end;

  @BeforeEach
  void writeLog() throws IOException {
    ForgedLog log = new ForgedLog(1, 3 * CHUNK_BYTES);
    log.fill(0x55);
    end = log.record(log.record(LogFormat.FIRST_RECORD_AT, 1000, 0), CHUNK_BYTES, 0);
    before = log.bytes;
    disk = log.files();
    files = new FaultyFileSystem(disk);
    try (Directory root = disk.openDirectory(Path.of("/"))) {
      root.sync();
    }
  }

  @AfterEach
  void nothingIsLeftOpen() {
    disk.assertNothingOpen();
  }

  private static byte[] content(FileSystem files, Path path) throws IOException {
    try (ReadFile file = files.openForRead(path)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      assertThat(file.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
      return bytes;
    }
  }

  private byte[] records() {
    return Arrays.copyOf(before, end);
  }

  private void copy() throws IOException {
    LogCopy.run(files, PATH, 1, end);
  }

  private void assertNotCopied() throws IOException {
    assertThat(disk.list(Path.of("/"))).containsExactly("1.log");
    assertThat(content(disk, PATH)).isEqualTo(before);
  }

  @Test
  void theCopyEndsBehindTheRecordsAndIsOnTheDisk() throws IOException {
    copy();
    assertThat(disk.list(Path.of("/"))).containsExactly("1.log");
    assertThat(content(disk, PATH)).isEqualTo(records());
    try (Directory root = disk.openDirectory(Path.of("/"))) {
      root.sync();
    }
    assertThat(content(disk.crash(CrashChoice.loseAll()), PATH)).isEqualTo(records());
  }

  /// Until its directory is synced the old file or the copy is there, whatever the disk has
  /// written.
  @Test
  void aPowerCutLeavesTheOldFileOrTheCopy() throws IOException {
    try (WriteFile file = disk.openForOverwrite(PATH)) {
      file.sync();
    }
    Set<String> left = new TreeSet<>();
    files.listen(call -> afterPowerCuts(left));
    copy();
    afterPowerCuts(left);
    assertThat(left).containsExactly("the copy", "the old file");
  }

  private void afterPowerCuts(Set<String> left) {
    for (long seed = 0; seed < 20; seed++) {
      try {
        byte[] content = content(disk.crash(seed), PATH);
        boolean isOld = Arrays.equals(content, before);
        boolean isCopy = Arrays.equals(content, records());
        left.add(isOld ? "the old file" : isCopy ? "the copy" : "neither");
      } catch (IOException missing) {
        throw new AssertionError(missing);
      }
    }
  }

  @Test
  void aCopyThatACrashHasLeftIsReplaced() throws IOException {
    try (WriteFile file = disk.create(COPY)) {
      file.write(0, new byte[4 * CHUNK_BYTES], 0, 4 * CHUNK_BYTES);
    }
    copy();
    assertThat(disk.list(Path.of("/"))).containsExactly("1.log");
    assertThat(content(disk, PATH)).isEqualTo(records());
  }

  @Test
  void aCopyThatCannotBeDeletedIsNotWrittenOver() throws IOException {
    disk.create(COPY).close();
    files.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.DELETE);
    assertThatThrownBy(this::copy).hasMessageContaining("Input/output error");
    assertThat(content(disk, COPY)).isEmpty();
    assertThat(content(disk, PATH)).isEqualTo(before);
  }

  @Test
  void aFileThatHasBecomeShorterIsNotCopied() throws IOException {
    for (long bytes : new long[] {before.length + 1, before.length + 2L * CHUNK_BYTES}) {
      assertThatThrownBy(() -> LogCopy.run(files, PATH, 1, bytes))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("less than " + bytes);
      assertNotCopied();
    }
  }

  /// Part of a record is not what was replayed.
  @Test
  void whatDoesNotEndBehindARecordIsNotCopied() throws IOException {
    for (long bytes : new long[] {end - 8, end + 8}) {
      assertThatThrownBy(() -> LogCopy.run(files, PATH, 1, bytes))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(bytes + " bytes were replayed");
      assertNotCopied();
    }
  }

  @Test
  void aFileOfAnotherNumberIsNotCopied() throws IOException {
    assertThatThrownBy(() -> LogCopy.run(files, PATH, 2, end))
        .isInstanceOf(CorruptionException.class);
    assertNotCopied();
  }

  /// The disk has taken it and gives something else: the copy is read before it is relied on.
  @Test
  void aCopyThatCannotBeReadAgainIsNotPutInPlace() throws IOException {
    files.listen(call -> {
      if (call.kind() == FileCall.Kind.OPEN_FOR_READ && call.path().equals(COPY)) {
        damageCopy();
      }
    });
    assertThatThrownBy(this::copy).hasMessageContaining("sound records up to");
    assertNotCopied();
  }

  private void damageCopy() {
    try (WriteFile file = disk.openForOverwrite(COPY)) {
      file.write(end - 100, new byte[1], 0, 1);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /// It may be tried again.
  @ParameterizedTest
  @EnumSource
  void whateverFailsTheOldFileStays(Fault fault) throws IOException {
    long calls = files.calls();
    copy();
    calls = files.calls() - calls;
    assertThat(calls).isGreaterThan(10);
    for (int nth = 1; nth <= calls; nth++) {
      writeLog();
      files.failNth(fault, nth);
      try {
        copy();
      } catch (IOException failed) {
        boolean renamed =
            fault == Fault.ERROR_AFTERWARDS && !Arrays.equals(content(disk, PATH), before);
        assertThat(content(disk, PATH)).as("call %d", nth).isEqualTo(renamed ? records() : before);
        disk.assertNothingOpen();
        copyAgain(nth);
      }
    }
  }

  private void copyAgain(int nth) throws IOException {
    // Where all was done before the error was reported, there is nothing more behind the records.
    copy();
    assertThat(content(disk, PATH)).as("again, after call %d", nth).isEqualTo(records());
    assertThat(disk.exists(COPY)).isFalse();
  }

  @Test
  void aFullDiskSaysSoAndKeepsNoCopy() throws IOException {
    files.failFromNth(Fault.SHORT_WRITE, 2, call -> call.kind() == FileCall.Kind.WRITE);
    assertThatThrownBy(this::copy).isInstanceOf(NoSpaceException.class);
    assertNotCopied();
  }

  /// The next opening takes it away.
  @Test
  void aCopyThatCannotBeTakenAwayIsToldBesideWhatFailed() throws IOException {
    files.failNth(Fault.NO_SPACE, 1, call -> call.kind() == FileCall.Kind.WRITE);
    files.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.DELETE);
    assertThatThrownBy(this::copy)
        .isInstanceOfSatisfying(
            NoSpaceException.class,
            full ->
                assertThat(full.getSuppressed())
                    .singleElement()
                    .satisfies(another -> assertThat(another).hasMessageContaining("delete")));
    assertThat(disk.exists(COPY)).isTrue();
    assertThat(content(disk, PATH)).isEqualTo(before);
    copy();
    assertThat(content(disk, PATH)).isEqualTo(records());
  }

  /// One large file would need as much memory as it is long.
  @Test
  void itIsWrittenInPieces() throws IOException {
    List<String> writes = new ArrayList<>();
    files.listen(call -> {
      if (call.kind() == FileCall.Kind.WRITE) {
        writes.add(call.toString());
      }
    });
    copy();
    assertThat(writes)
        .containsExactly(
            "write 1.log.new 0.." + CHUNK_BYTES, "write 1.log.new " + CHUNK_BYTES + ".." + end);
  }
}
