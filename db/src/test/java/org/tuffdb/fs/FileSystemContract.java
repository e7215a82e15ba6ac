package org.tuffdb.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.DbLockedException;

/// What every file system does.
abstract class FileSystemContract {
  /// The system to test, and a directory on it that does not exist yet.
  abstract FileSystem fileSystem();

  abstract Path directory();

  private FileSystem fs;
  private Path home;

  @BeforeEach
  void createHome() throws IOException {
    fs = fileSystem();
    home = directory();
    fs.createDirectories(home);
  }

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  static void write(FileSystem fs, Path path, String text) throws IOException {
    try (WriteFile file = fs.create(path)) {
      file.write(0, text.getBytes(UTF_8), 0, text.length());
      file.sync();
    }
  }

  static String read(FileSystem fs, Path path) throws IOException {
    try (ReadFile file = fs.openForRead(path)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      assertThat(file.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
      return new String(bytes, UTF_8);
    }
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    write(fs, home.resolve("a"), "hello");
    assertThat(read(fs, home.resolve("a"))).isEqualTo("hello");
  }

  @Test
  void readsAreShortOnlyAtTheEnd() throws IOException {
    write(fs, home.resolve("a"), "0123456789");
    byte[] into = new byte[8];
    try (ReadFile file = fs.openForRead(home.resolve("a"))) {
      assertThat(file.read(6, into, 2, 6)).isEqualTo(4);
      assertThat(into).isEqualTo("\0\0006789\0\0".getBytes(UTF_8));
      assertThat(file.read(10, into, 0, 8)).isZero();
      assertThat(file.read(1000, into, 0, 8)).isZero();
    }
  }

  @Test
  void readsIntoNativeMemoryAreShortOnlyAtTheEnd() throws IOException {
    write(fs, home.resolve("a"), "0123456789");
    try (Arena arena = Arena.ofConfined();
        ReadFile file = fs.openForRead(home.resolve("a"))) {
      MemorySegment into = arena.allocate(6);
      assertThat(file.read(2, into)).isEqualTo(6);
      assertThat(text(into)).isEqualTo("234567");
      assertThat(file.read(7, into)).isEqualTo(3);
      assertThat(text(into)).isEqualTo("789567");
      assertThat(file.read(10, into)).isZero();
      assertThat(file.read(1000, into)).isZero();
    }
  }

  private static String text(MemorySegment segment) {
    return new String(segment.toArray(ValueLayout.JAVA_BYTE), UTF_8);
  }

  @Test
  void aMappingIsTheWholeFileUntilThatIsClosed() throws IOException {
    write(fs, home.resolve("a"), "0123456789");
    write(fs, home.resolve("empty"), "");
    MemorySegment mapped;
    MemorySegment again;
    try (ReadFile file = fs.openForRead(home.resolve("a"));
        ReadFile empty = fs.openForRead(home.resolve("empty"))) {
      mapped = file.map();
      again = file.map();
      assertThat(text(mapped)).isEqualTo("0123456789");
      assertThat(text(again)).isEqualTo("0123456789");
      assertThat(mapped.isReadOnly()).isTrue();
      assertThat(mapped.isNative()).isTrue();
      assertThat(empty.map().byteSize()).isZero();
    }
    assertThatThrownBy(() -> mapped.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> again.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aClosedFileIsNotRead() throws IOException {
    write(fs, home.resolve("a"), "0123456789");
    ReadFile file = fs.openForRead(home.resolve("a"));
    file.close();
    file.close();
    assertThatThrownBy(() -> file.read(0, new byte[3], 0, 3)).isInstanceOf(IOException.class);
    assertThatThrownBy(file::map).isInstanceOf(IOException.class);
    assertThatThrownBy(file::sizeBytes).isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptedThreadReadsAndMaps() throws IOException {
    write(fs, home.resolve("a"), "0123456789");
    try (Arena arena = Arena.ofConfined();
        ReadFile file = fs.openForRead(home.resolve("a"))) {
      MemorySegment into = arena.allocate(10);
      Thread.currentThread().interrupt();
      assertThat(file.sizeBytes()).isEqualTo(10);
      assertThat(file.read(0, new byte[4], 0, 4)).isEqualTo(4);
      assertThat(file.read(0, into)).isEqualTo(10);
      assertThat(text(file.map())).isEqualTo("0123456789");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void randomWritesAndStoresGiveTheModelsBytes() throws IOException {
    long seed = 42;
    Random random = new Random(seed);
    byte[] model = new byte[3 * 4096 + 100];
    try (WriteFile file = fs.create(home.resolve("a"))) {
      file.write(0, model, 0, model.length);
      for (int round = 0; round < 300; round++) {
        int position = random.nextInt(model.length);
        int length = random.nextInt(Math.min(9000, model.length - position) + 1);
        byte[] bytes = new byte[length + 3];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
          file.write(position, bytes, 2, length);
        } else {
          file.store(position, bytes, 2, length);
        }
        System.arraycopy(bytes, 2, model, position, length);
      }
      file.sync();
      assertThat(file.sizeBytes()).isEqualTo(model.length);
    }
    byte[] found = new byte[model.length];
    try (ReadFile file = fs.openForRead(home.resolve("a"))) {
      assertThat(file.read(0, found, 0, found.length)).isEqualTo(found.length);
    }
    assertThat(found).as("seed %d", seed).isEqualTo(model);
  }

  @Test
  void aStoreBehindTheEndGrowsTheFile() throws IOException {
    byte[] bytes = new byte[100];
    bytes[50] = 1;
    try (WriteFile file = fs.create(home.resolve("a"))) {
      file.write(0, bytes, 0, 100);
      file.store(0, bytes, 0, 100);
      file.store(90, bytes, 0, 100);
      file.write(1000, bytes, 50, 1);
      file.store(140, bytes, 50, 1);
      assertThat(file.sizeBytes()).isEqualTo(1001);
    }
    byte[] found = new byte[1001];
    byte[] expected = new byte[1001];
    expected[50] = 1;
    expected[140] = 1;
    expected[1000] = 1;
    try (ReadFile file = fs.openForRead(home.resolve("a"))) {
      assertThat(file.read(0, found, 0, 1001)).isEqualTo(1001);
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void overwritingKeepsTheRest() throws IOException {
    write(fs, home.resolve("a"), "hello world");
    try (WriteFile file = fs.openForOverwrite(home.resolve("a"))) {
      file.write(0, "J".getBytes(UTF_8), 0, 1);
      file.store(6, "W".getBytes(UTF_8), 0, 1);
    }
    assertThat(read(fs, home.resolve("a"))).isEqualTo("Jello World");
  }

  @Test
  void renamesReplace() throws IOException {
    write(fs, home.resolve("a"), "new");
    write(fs, home.resolve("b"), "old");
    fs.rename(home.resolve("a"), home.resolve("b"));
    assertThat(fs.list(home)).containsExactly("b");
    assertThat(read(fs, home.resolve("b"))).isEqualTo("new");
  }

  @Test
  void anOpenFileOutlivesItsName() throws IOException {
    Path a = home.resolve("a");
    try (WriteFile file = fs.create(a)) {
      file.write(0, new byte[10], 0, 10);
      fs.rename(a, home.resolve("b"));
      write(fs, a, "another one");
      // The mapping of the first store must not be that of the other file.
      file.store(0, "moved".getBytes(UTF_8), 0, 5);
      file.sync();
    }
    assertThat(read(fs, home.resolve("b"))).startsWith("moved");
    assertThat(read(fs, a)).isEqualTo("another one");
  }

  @Test
  void listsSortedAndDeletes() throws IOException {
    write(fs, home.resolve("b"), "");
    write(fs, home.resolve("a"), "");
    fs.createDirectories(home.resolve("c/d"));
    assertThat(fs.list(home)).containsExactly("a", "b", "c");
    fs.delete(home.resolve("a"));
    assertThat(fs.exists(home.resolve("a"))).isFalse();
    assertThat(fs.exists(home.resolve("b"))).isTrue();
    assertThat(fs.list(home)).containsExactly("b", "c");
  }

  @Test
  void whatIsNotThereIsNamed() {
    Path a = home.resolve("absent");
    assertThatThrownBy(() -> fs.openForRead(a)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> fs.openForOverwrite(a)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> fs.delete(a)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> fs.rename(a, home.resolve("b")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> fs.list(a)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> fs.openDirectory(a))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("absent");
    assertThatThrownBy(() -> fs.create(a.resolve("b"))).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void whatIsThereIsNotCreatedAgain() throws IOException {
    Path a = home.resolve("a");
    write(fs, a, "kept");
    assertThatThrownBy(() -> fs.create(a))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(a.toString());
    assertThat(read(fs, a)).isEqualTo("kept");
  }

  @Test
  void directoriesAreNotFilesAndFilesNotDirectories() throws IOException {
    Path a = home.resolve("a");
    fs.createDirectories(a);
    assertThatThrownBy(() -> fs.openForRead(a)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> fs.openForOverwrite(a)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> fs.lock(a)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> fs.delete(a)).isInstanceOf(IOException.class);
    Path b = home.resolve("b");
    write(fs, b, "");
    assertThatThrownBy(() -> fs.rename(b, a)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> fs.openDirectory(b)).hasMessageContaining("not a directory");
    assertThatThrownBy(() -> fs.list(b)).hasMessageContaining("not a directory");
    assertThatThrownBy(() -> fs.createDirectories(b)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> fs.createDirectories(b.resolve("c"))).isInstanceOf(IOException.class);
  }

  @Test
  void closedHandlesSaySo() throws IOException {
    Path a = home.resolve("a");
    WriteFile file = fs.create(a);
    file.write(0, new byte[10], 0, 10);
    file.store(0, new byte[10], 0, 10);
    ReadFile reader = fs.openForRead(a);
    Directory directory = fs.openDirectory(home);
    for (int i = 0; i < 2; i++) {
      file.close();
      reader.close();
      directory.close();
    }
    for (var call :
        new Action[] {
          () -> file.write(0, new byte[1], 0, 1),
          () -> file.store(0, new byte[1], 0, 1),
          file::sync,
          () -> file.sizeBytes(),
          () -> reader.read(0, new byte[1], 0, 1),
          () -> reader.sizeBytes()
        }) {
      assertThatThrownBy(call::run).isInstanceOf(IOException.class).hasMessageContaining("/a:");
    }
    assertThatThrownBy(directory::sync)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(home.toString());
  }

  @Test
  void badRangesAreRefused() throws IOException {
    try (WriteFile file = fs.create(home.resolve("a"))) {
      assertThatThrownBy(() -> file.write(0, new byte[4], 2, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> file.store(0, new byte[4], -1, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> file.write(-1, new byte[4], 0, 4)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> file.store(-1, new byte[4], 0, 4)).isInstanceOf(IOException.class);
      assertThat(file.sizeBytes()).isZero();
    }
  }

  @Test
  void aLockHasOneOwner() throws IOException {
    Path path = home.resolve("LOCK");
    DirectoryLock lock = fs.lock(path);
    assertThatThrownBy(() -> fs.lock(path))
        .isInstanceOf(DbLockedException.class)
        .hasMessageContaining(home.toString());
    lock.close();
    lock.close();
    assertThat(fs.exists(path)).isTrue();
    DirectoryLock second = fs.lock(path);
    lock.close();
    assertThatThrownBy(() -> fs.lock(path)).isInstanceOf(DbLockedException.class);
    second.close();
  }

  @Test
  void anInterruptedThreadFinishesItsWork() throws IOException {
    Path a = home.resolve("x/y/a");
    Thread.currentThread().interrupt();
    fs.createDirectories(home.resolve("x/y"));
    try (WriteFile file = fs.create(a);
        ReadFile reader = fs.openForRead(a);
        Directory directory = fs.openDirectory(home);
        DirectoryLock _ = fs.lock(home.resolve("LOCK"))) {
      byte[] bytes = "interrupted".getBytes(UTF_8);
      for (int i = 0; i < 2; i++) {
        file.write(0, bytes, 0, bytes.length);
        file.store(0, bytes, 0, bytes.length);
        file.sync();
        directory.sync();
        assertThat(reader.read(0, new byte[20], 0, 20)).isEqualTo(bytes.length);
      }
      assertThatThrownBy(() -> fs.lock(home.resolve("LOCK"))).isInstanceOf(DbLockedException.class);
    }
    fs.rename(a, home.resolve("x/y/b"));
    assertThat(read(fs, home.resolve("x/y/b"))).isEqualTo("interrupted");
    assertThat(fs.list(home)).containsExactly("LOCK", "x");
    fs.delete(home.resolve("x/y/b"));
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  /// A call that may fail.
  interface Action {
    void run() throws IOException;
  }
}
