package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// Files in the directory that this store did not put there.
class StrangeFilesTest {
  private static final byte[] KEY = "key".getBytes(UTF_8);

  private final MemoryFileSystem disk = new MemoryFileSystem();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private Db open(Path directory) {
    return Db.builder(directory).fileSystem(disk).open();
  }

  /// Numbers go on behind the highest that is found, and positions in the log have no room for
  /// every one.
  @Test
  void aFileWithANumberThatNoLogReachesIsNotOurs() throws IOException {
    Path directory = SmallStore.DIRECTORY;
    open(directory).close();
    Path stray = directory.resolve("999999999999999999.log");
    disk.create(stray).close();

    try (Db db = open(directory)) {
      db.put(KEY, bytes("value"));
    }
    try (Db db = open(directory)) {
      assertThat(db.get(KEY)).isEqualTo(bytes("value"));
    }
    assertThat(disk.exists(stray)).isTrue();
  }

  /// Found by the campaign structures: an opening ended with a NoSuchElementException.
  @Test
  void aFileWithTheLastNumberOfAllLeavesNone() throws IOException {
    Path directory = SmallStore.DIRECTORY;
    open(directory).close();
    Path stray = directory.resolve(FileNames.NUMBER_MAX + ".log");
    disk.create(stray).close();

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(DbException.class)
        .hasMessageContaining("numbers of files have run out");
    disk.assertNothingOpen();
    disk.delete(stray);
    open(directory).close();
  }

  /// As a backup may that is put back in the wrong place.
  @Test
  void theLogOfAnotherStoreIsNotServed() throws IOException {
    Path one = Path.of("/one");
    Path two = Path.of("/two");
    for (Path directory : new Path[] {one, two}) {
      try (Db db = open(directory)) {
        db.put(KEY, bytes(directory.toString()));
      }
    }
    for (String name : disk.list(one)) {
      if (FileNames.logNumber(name).isPresent()) {
        replace(one.resolve(name), two.resolve(name));
      }
    }

    assertThatThrownBy(() -> open(one).close())
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("another store");
    disk.assertNothingOpen();
  }

  private void replace(Path file, Path by) throws IOException {
    disk.delete(file);
    try (ReadFile from = disk.openForRead(by);
        WriteFile to = disk.create(file)) {
      byte[] bytes = new byte[(int) from.sizeBytes()];
      to.write(0, bytes, 0, from.read(0, bytes, 0, bytes.length));
    }
  }
}
