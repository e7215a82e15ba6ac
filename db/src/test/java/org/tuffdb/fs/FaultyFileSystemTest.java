package org.tuffdb.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.callsite.Caller;

class FaultyFileSystemTest {
  private static final Path HOME = Path.of("/db");
  private static final Path A = HOME.resolve("a");

  private final MemoryFileSystem memory = new MemoryFileSystem();
  private final FaultyFileSystem fs = new FaultyFileSystem(memory);

  @BeforeEach
  void createHome() throws IOException {
    fs.createDirectories(HOME);
  }

  private static void workload(FileSystem fs) throws IOException {
    fs.createDirectories(HOME.resolve("x"));
    try (DirectoryLock _ = fs.lock(HOME.resolve("LOCK"));
        Directory directory = fs.openDirectory(HOME)) {
      try (WriteFile file = fs.create(A)) {
        file.write(0, new byte[10], 0, 10);
        file.store(0, new byte[10], 0, 10);
        file.writeBack();
        file.sync();
        file.sizeBytes();
      }
      fs.openForOverwrite(A).close();
      fs.rename(A, HOME.resolve("b"));
      directory.sync();
      try (ReadFile file = fs.openForRead(HOME.resolve("b"))) {
        file.read(0, new byte[10], 0, 10);
        file.sizeBytes();
      }
      if (fs.exists(HOME.resolve("b"))) {
        fs.delete(HOME.resolve("b"));
      }
      fs.list(HOME);
    }
  }

  @Test
  void everyCallCanFailInEveryWayThatFits() throws IOException {
    for (Fault fault : Fault.values()) {
      List<String> expected = new ArrayList<>();
      FaultyFileSystem counted = new FaultyFileSystem(new MemoryFileSystem());
      counted.createDirectories(HOME);
      counted.listen(call -> {
        if (fault.appliesTo(call.kind())) {
          expected.add(call.toString());
        }
      });
      workload(counted);
      assertThat(expected).isNotEmpty();
      for (int nth = 1; nth <= expected.size() + 1; nth++) {
        MemoryFileSystem inner = new MemoryFileSystem();
        FaultyFileSystem faulty = new FaultyFileSystem(inner);
        faulty.createDirectories(HOME);
        faulty.failNth(fault, nth);
        if (nth > expected.size()) {
          workload(faulty);
          assertThat(faulty.faults()).isZero();
        } else {
          assertThatThrownBy(() -> workload(faulty))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("`" + expected.get(nth - 1) + "`");
          assertThat(faulty.faults()).isEqualTo(1);
        }
        inner.assertNothingOpen();
      }
    }
  }

  @Test
  void theKindOfExceptionFitsTheFault() {
    fs.failNth(Fault.NO_SPACE, 1);
    assertThatThrownBy(() -> fs.create(A)).isInstanceOf(NoSpaceException.class);
    fs.failNth(Fault.TOO_MANY_OPEN_FILES, 1);
    assertThatThrownBy(() -> fs.create(A))
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("/db/a")
        .hasMessageContaining("Too many open files");
    assertThat(memory.openFiles()).isEmpty();
  }

  @Test
  void aFaultIsOnceOrLasting() throws IOException {
    fs.failNth(Fault.IO_ERROR, 2, call -> call.kind() == FileCall.Kind.EXISTS);
    assertThat(fs.exists(A)).isFalse();
    assertThat(fs.list(HOME)).isEmpty();
    assertThatThrownBy(() -> fs.exists(A)).hasMessageContaining("Input/output error");
    assertThat(fs.exists(A)).isFalse();
    fs.failFromNth(Fault.IO_ERROR, 1, call -> call.path().equals(A));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> fs.exists(A)).isInstanceOf(IOException.class);
      assertThat(fs.exists(HOME)).isTrue();
    }
    fs.heal();
    assertThat(fs.exists(A)).isFalse();
    assertThat(fs.faults()).isEqualTo(4);
  }

  @Test
  void aShortWriteLeavesHalfOrAllButAByte() throws IOException {
    try (WriteFile file = fs.create(A)) {
      fs.failNth(Fault.SHORT_WRITE, 1);
      assertThatThrownBy(() -> file.write(0, "abcd".getBytes(UTF_8), 0, 4))
          .isInstanceOf(NoSpaceException.class);
      assertThat(file.sizeBytes()).isEqualTo(2);
      fs.failNth(Fault.SHORT_WRITE, 1);
      assertThatThrownBy(() -> file.store(0, "ABCD".getBytes(UTF_8), 0, 4))
          .isInstanceOf(NoSpaceException.class);
    }
    assertThat(FileSystemContract.read(memory, A)).isEqualTo("AB");
  }

  @Test
  void theSyncBehindAFailedWriteBackFails() throws IOException {
    try (WriteFile file = fs.create(A)) {
      file.write(0, "abcd".getBytes(UTF_8), 0, 4);
      fs.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.WRITE_BACK);
      assertThatThrownBy(file::writeBack).isInstanceOf(IOException.class);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      assertThat(fs.faults()).isEqualTo(2);
      file.sync();
    }
  }

  @Test
  void anErrorAfterwardsHasDoneTheWork() throws IOException {
    FileSystemContract.write(fs, A, "x");
    fs.failNth(Fault.ERROR_AFTERWARDS, 1);
    assertThatThrownBy(() -> fs.rename(A, HOME.resolve("b"))).isInstanceOf(IOException.class);
    assertThat(memory.list(HOME)).containsExactly("b");
    fs.failNth(Fault.ERROR_AFTERWARDS, 1);
    assertThatThrownBy(() -> fs.create(A)).isInstanceOf(IOException.class);
    assertThat(memory.exists(A)).isTrue();
    memory.assertNothingOpen();
  }

  /// The second door of the sad path, through two layers.
  @Test
  void afterAFailedSyncALaterOneSaysOkAndWritesNothing() throws IOException {
    FileSystem outer = new FaultyFileSystem(fs);
    FileSystemContract.write(outer, A, "old");
    try (Directory directory = outer.openDirectory(HOME);
        WriteFile file = outer.openForOverwrite(A)) {
      directory.sync();
      file.write(0, "new".getBytes(UTF_8), 0, 3);
      fs.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      file.sync();
      assertThat(FileSystemContract.read(memory, A)).isEqualTo("new");
      assertThat(FileSystemContract.read(memory.crash(CrashChoice.keepAll()), A)).isEqualTo("old");

      MemoryFileSystem restarted = memory.restart();
      assertThat(FileSystemContract.read(restarted, A)).isEqualTo("new");
      try (WriteFile again = restarted.openForOverwrite(A)) {
        again.sync();
      }
      assertThat(FileSystemContract.read(restarted.crash(CrashChoice.keepAll()), A))
          .isEqualTo("old");
      // Bytes that are written again are written.
      file.write(0, "n".getBytes(UTF_8), 0, 1);
      file.sync();
      assertThat(FileSystemContract.read(memory.crash(CrashChoice.loseAll()), A)).isEqualTo("new");
    }
  }

  @Test
  void afterAFailedDirectorySyncTheEntriesMayBeLost() throws IOException {
    FileSystem outer = new FaultyFileSystem(fs);
    Set<Boolean> kept = new HashSet<>();
    try (Directory directory = outer.openDirectory(HOME)) {
      for (int i = 0; i < 32; i++) {
        Path path = HOME.resolve("file" + i);
        FileSystemContract.write(outer, path, "x");
        fs.failNth(Fault.NO_SPACE, 1, call -> call.kind() == FileCall.Kind.SYNC_DIRECTORY);
        assertThatThrownBy(directory::sync)
            .as("a full disk is no refusal here")
            .isExactlyInstanceOf(IOException.class);
        directory.sync();
        assertThat(memory.exists(path)).isTrue();
        kept.add(memory.restart().crash(CrashChoice.keepAll()).exists(path));
      }
    }
    assertThat(kept).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void aSyncThatFailsAfterwardsIsOnTheDisk() throws IOException {
    try (WriteFile file = fs.create(A)) {
      file.write(0, new byte[] {1}, 0, 1);
      fs.failNth(Fault.ERROR_AFTERWARDS, 1, call -> call.kind() == FileCall.Kind.SYNC);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      Caller.syncDirectory(fs, HOME);
    }
    assertThat(FileSystemContract.read(memory.crash(CrashChoice.loseAll()), A)).isEqualTo("\1");
  }

  @Test
  void syncsAreKnownByTheirCallSiteAndCanBeLeftOut() throws IOException {
    fs.recordSyncCallSites();
    Caller.create(fs, A);
    Caller.syncDirectory(fs, HOME);
    assertThat(fs.syncCallSites()).hasSize(2);
    assertThat(fs.syncCallSites()).anyMatch(site -> site.matches("Caller\\.create:\\d+"));
    assertThat(fs.syncCallSites()).anyMatch(site -> site.matches("Caller\\.syncDirectory:\\d+"));
    assertThat(memory.crash(CrashChoice.loseAll()).exists(A)).isTrue();

    fs.skipSyncs(site -> site.startsWith("Caller.syncDirectory:"));
    Path b = HOME.resolve("b");
    Caller.create(fs, b);
    Caller.syncDirectory(fs, HOME);
    assertThat(memory.crash(CrashChoice.loseAll()).exists(b)).isFalse();
    assertThat(FileSystemContract.read(memory.crash(CrashChoice.keepAll()), b)).isEqualTo("x");
    fs.skipSyncs(null);
    Caller.syncDirectory(fs, HOME);
    assertThat(memory.crash(CrashChoice.loseAll()).exists(b)).isTrue();
  }
}
