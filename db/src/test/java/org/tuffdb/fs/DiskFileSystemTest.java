package org.tuffdb.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the disk has and the memory has not.
class DiskFileSystemTest {
  private final FileSystem fs = FileSystem.disk();

  @TempDir Path home;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void filesAreTheOwnersAlone() throws IOException {
    fs.createDirectories(home.resolve("a/b"));
    fs.create(home.resolve("a/b/file")).close();
    fs.lock(home.resolve("a/b/LOCK")).close();
    assertThat(mode(home.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(home.resolve("a/b"))).isEqualTo("rwx------");
    assertThat(mode(home.resolve("a/b/file"))).isEqualTo("rw-------");
    assertThat(mode(home.resolve("a/b/LOCK"))).isEqualTo("rw-------");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void symbolicLinksAreNotFollowed() throws IOException {
    Path victim = Files.writeString(home.resolve("victim"), "untouched");
    Path link = Files.createSymbolicLink(home.resolve("link"), victim);
    Path dangling = Files.createSymbolicLink(home.resolve("dangling"), home.resolve("nowhere"));
    assertThatThrownBy(() -> fs.openForRead(link)).hasMessageContaining(link + ": is a symbolic");
    assertThatThrownBy(() -> fs.openForOverwrite(link)).hasMessageContaining("symbolic link");
    assertThatThrownBy(() -> fs.lock(link)).hasMessageContaining("symbolic link");
    assertThatThrownBy(() -> fs.lock(dangling)).hasMessageContaining("symbolic link");
    assertThatThrownBy(() -> fs.create(link)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> fs.create(dangling)).isInstanceOf(IOException.class);
    assertThat(fs.exists(dangling)).isTrue();
    assertThat(home.resolve("nowhere")).doesNotExist();
    fs.rename(link, home.resolve("renamed"));
    fs.delete(home.resolve("renamed"));
    assertThat(victim).hasContent("untouched");
  }

  /// It would be taken for durable when somebody asks for it again.
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aDirectoryWhoseEntryCannotBeSyncedDoesNotStay() throws IOException {
    Path parent = Files.createDirectory(home.resolve("parent"));
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("-wx------"));
    try {
      assumeFalse(Files.isReadable(parent), "the superuser reads it all the same");
      assertThatThrownBy(() -> fs.createDirectories(parent.resolve("new")))
          .isInstanceOf(IOException.class);
      assertThat(parent.resolve("new")).doesNotExist();
    } finally {
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void theDirectoryItselfMayBeALink() throws IOException {
    Path real = Files.createDirectory(home.resolve("real"));
    Path link = Files.createSymbolicLink(home.resolve("link"), real);
    fs.createDirectories(link);
    fs.openDirectory(link).close();
    fs.create(link.resolve("file")).close();
    assertThat(fs.list(link)).containsExactly("file");
    assertThat(real.resolve("file")).exists();
  }

  /// A log file that was prepared may be given back while its zeros are on their way.
  @Test
  void whatIsNotThereAnyMoreNeedsNoWriteBack() throws IOException {
    Path path = home.resolve("file");
    try (WriteFile file = fs.create(path)) {
      file.write(0, new byte[10], 0, 10);
      file.writeBack();
      fs.delete(path);
      file.writeBack();
      fs.create(path).close();
      file.writeBack();
      file.sync();
    }
    assertThat(path).hasSize(0);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatCannotBeMappedIsWritten() throws IOException {
    Path path = home.resolve("file");
    try (WriteFile file = fs.create(path)) {
      file.write(0, "before".getBytes(UTF_8), 0, 6);
      fs.rename(path, home.resolve("moved"));
      Files.createDirectory(path);
      file.store(0, "stored".getBytes(UTF_8), 0, 6);
      file.store(6, " twice".getBytes(UTF_8), 0, 6);
      file.sync();
    }
    assertThat(home.resolve("moved")).hasContent("stored twice");
  }

  @Test
  void aLargeReadIntoTheHeapIsWhole() throws IOException {
    byte[] content = new byte[(200 << 10) + 1];
    new Random(1).nextBytes(content);
    byte[] read = new byte[content.length + 10];
    try (ReadFile file = fs.openForRead(Files.write(home.resolve("file"), content))) {
      assertThat(file.read(1, read, 3, content.length + 5)).isEqualTo(content.length - 1);
      assertThat(file.read(content.length, read, 0, 200 << 10)).isZero();
    }
    assertThat(Arrays.copyOfRange(read, 3, content.length + 2))
        .isEqualTo(Arrays.copyOfRange(content, 1, content.length));
  }

  /// The JDK would keep native memory of that size for each thread that reads, counted nowhere.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aLargeReadIntoTheHeapTakesLittleBesides() throws IOException {
    Path path = home.resolve("large");
    byte[] read = new byte[128 << 20];
    Arrays.fill(read, (byte) 1);
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(read.length);
    }
    long before = residentBytes();
    try (ReadFile file = fs.openForRead(path)) {
      assertThat(file.read(0, read, 0, read.length)).isEqualTo(read.length);
    }
    assertThat(residentBytes() - before).isLessThan(64 << 20);
  }

  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new AssertionError("the kernel does not tell");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPipeIsRefusedWithoutWaitingForItsOtherEnd() throws Exception {
    Path pipe = home.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> fs.openForRead(pipe)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> fs.openForOverwrite(pipe)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> fs.lock(pipe)).hasMessageContaining("not a regular file");
  }

  @Test
  void interruptsInTheMiddleOfACallHarmNothing() throws Exception {
    byte[] bytes = new byte[64 << 10];
    CountDownLatch done = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread victim =
        Thread.ofPlatform()
            .unstarted(() -> {
              try {
                writeAndSync(bytes);
              } catch (Throwable e) {
                thrown.set(e);
              } finally {
                done.countDown();
              }
            });
    victim.start();
    while (done.getCount() > 0) {
      victim.interrupt();
      Thread.onSpinWait();
    }
    victim.join();
    assertThat(thrown.get()).isNull();
  }

  private void writeAndSync(byte[] bytes) throws IOException {
    try (Directory directory = fs.openDirectory(home)) {
      for (int round = 0; round < 30; round++) {
        Path path = home.resolve("file" + round);
        try (WriteFile file = fs.create(path);
            DirectoryLock _ = fs.lock(home.resolve("LOCK"))) {
          file.write(0, bytes, 0, bytes.length);
          file.sync();
          file.store(0, bytes, 0, bytes.length);
          file.sync();
          directory.sync();
        }
        try (ReadFile reader = fs.openForRead(path)) {
          assertThat(reader.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
        }
        fs.delete(path);
      }
    }
  }

  /// In compiled code, too: there the error comes by another way than in interpreted code.
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aStoreWithNothingBelowItIsAnException() throws IOException {
    Path path = home.resolve("file");
    byte[] bytes = new byte[64 << 10];
    try (WriteFile file = fs.create(path)) {
      file.write(0, bytes, 0, bytes.length);
      for (int i = 0; i < 300_000; i++) {
        file.store(i % 60_000, bytes, 0, 100);
      }
      try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
        cut.setLength(4096);
      }
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> file.store(32_000, bytes, 0, 100))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(path.toString());
      }
      file.store(0, bytes, 0, 100);
    }
  }

  @Test
  void closingWhileAnotherThreadWorksIsAnExceptionThere() throws Exception {
    byte[] bytes = new byte[16 << 10];
    for (int round = 0; round < 20; round++) {
      WriteFile file = fs.create(home.resolve("file" + round));
      file.write(0, bytes, 0, bytes.length);
      CountDownLatch working = new CountDownLatch(1);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (true) {
                    file.store(0, bytes, 0, bytes.length);
                    file.write(0, bytes, 0, bytes.length);
                    file.sync();
                    working.countDown();
                  }
                } catch (Throwable e) {
                  thrown.set(e);
                  working.countDown();
                }
              });
      working.await();
      file.close();
      writer.join();
      assertThat(thrown.get()).isInstanceOf(IOException.class).hasMessageContaining("/file");
    }
  }

  /// A file takes two descriptors: with one limit of these two it is the second that cannot be had.
  @ParameterizedTest
  @ValueSource(ints = {40, 41})
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void tooManyOpenFilesNamesTheFileAndLeavesNone(int limit) throws Exception {
    String shell = "ulimit -n " + limit + "; exec \"$@\"";
    Process process =
        DiskProcess.start(List.of("sh", "-c", shell, "sh"), "exhaust", home.toString());
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      int created = Integer.parseInt(line.substring(0, line.indexOf(' ')));
      assertThat(line).contains(home.resolve("file" + created + ".").toString());
      assertThat(line).contains("Too many open files");
      assertThat(fs.list(home)).hasSize(created);
    }
    process.getOutputStream().close();
    process.waitFor();
  }

  @Test
  void aFullDiskIsKnownInAnyLanguage() {
    Path file = home.resolve("file");
    assertThat(
            List.of(
                DiskError.of("write", file, 0, new IOException("No space left on device")),
                DiskError.of("write", file, 0, new IOException("Disk quota exceeded")),
                DiskError.of("write", file, Long.MAX_VALUE, new IOException("Kein Platz mehr")),
                DiskError.of("write", file, Long.MAX_VALUE, new IOException())))
        .allSatisfy(e ->
            assertThat(e)
                .isInstanceOf(NoSpaceException.class)
                .hasMessageContaining(file.toString()));
    assertThat(
            List.of(
                DiskError.of("write", file, Long.MAX_VALUE, new IOException("Input/output error")),
                DiskError.of("write", file, 0, new IOException("Ein-/Ausgabefehler"))))
        .allSatisfy(e ->
            assertThat(e)
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining(file.toString()));
  }

  @Test
  void appendsGoOn() throws IOException {
    byte[] bytes = "abc".getBytes(UTF_8);
    try (WriteFile file = fs.create(home.resolve("file"))) {
      for (int i = 0; i < 3; i++) {
        file.write(3L * i, bytes, 0, 3);
      }
      file.write(4, bytes, 0, 1);
      file.write(5, bytes, 1, 1);
    }
    assertThat(home.resolve("file")).hasContent("abcaabcabc".substring(0, 4) + "ab" + "abc");
  }

  /// Interrupts hit readers inside their reads and close the channel below all of them.
  @Test
  void interruptedReadersHarmNobody() throws Exception {
    byte[] bytes = new byte[1 << 20];
    new Random(3).nextBytes(bytes);
    Files.write(home.resolve("a"), bytes);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (ReadFile file = fs.openForRead(home.resolve("a"))) {
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(
            Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, thrown) -> failure.set(thrown))
                .start(() -> readUntilInterrupted(file, bytes, 200)));
      }
      for (Thread reader : readers) {
        while (reader.isAlive()) {
          reader.interrupt();
          Thread.onSpinWait();
        }
        reader.join();
      }
    }
    assertThat(failure.get()).isNull();
  }

  private static void readUntilInterrupted(ReadFile file, byte[] bytes, int times) {
    byte[] into = new byte[bytes.length];
    for (int seen = 0; seen < times; ) {
      Arrays.fill(into, (byte) 0);
      try {
        assertThat(file.read(0, into, 0, into.length)).isEqualTo(into.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assertThat(Arrays.equals(into, bytes)).isTrue();
      seen += Thread.interrupted() ? 1 : 0;
    }
  }

  @Test
  void aReplacedFileIsReadAsItWas() throws Exception {
    Files.writeString(home.resolve("a"), "before");
    try (ReadFile file = fs.openForRead(home.resolve("a"))) {
      Files.writeString(home.resolve("b"), "after");
      fs.rename(home.resolve("b"), home.resolve("a"));
      assertThat(file.read(0, new byte[9], 0, 9)).isEqualTo(6);
    }
  }
}
