package org.tuffdb.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.fs.DirectoryLock;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;

/// Who may read and write a manifest where the store's lock file says nothing.
class ManifestOwnerTest {
  private static final Path DIRECTORY = Path.of("/db");

  private final MemoryFileSystem disk = new MemoryFileSystem();

  @BeforeEach
  void makeDirectory() throws IOException {
    disk.createDirectories(DIRECTORY);
  }

  private Manifest begin(Version version) throws IOException {
    return new Manifest(disk, disk.openDirectory(DIRECTORY), 7, version, new SplittableRandom(1));
  }

  private Manifest.Recovered read() throws IOException {
    return Objects.requireNonNull(Manifest.read(disk, DIRECTORY), "it was begun");
  }

  @Test
  void nobodyNeedsToWriteWhereThereIsNone() throws IOException {
    Manifest.requireUnused(disk, DIRECTORY);
    assertThat(disk.list(DIRECTORY)).isEmpty();
  }

  @Test
  void aMissingManifestIsNotCreated() throws IOException {
    begin(Version.empty()).close();
    Path file = FileNames.manifest(DIRECTORY, read().number());
    disk.delete(file);
    Manifest.requireUnused(disk, DIRECTORY);
    assertThat(disk.exists(file)).isFalse();
  }

  @Test
  void isLockedFromItsBeginningToItsClose() throws IOException {
    try (Manifest _ = begin(Version.empty())) {
      assertThatThrownBy(() -> Manifest.requireUnused(disk, DIRECTORY))
          .isInstanceOf(DbLockedException.class);
      assertThatThrownBy(() -> Manifest.claim(disk, DIRECTORY, read()))
          .isInstanceOf(DbLockedException.class);
    }
    Manifest.requireUnused(disk, DIRECTORY);
    Manifest.claim(disk, DIRECTORY, read()).close();
  }

  @Test
  void isLockedAfterItWasWrittenAnew() throws IOException {
    try (Manifest manifest = begin(Version.empty())) {
      long first = read().number();
      while (read().number() == first) {
        manifest.commit(manyEdits());
      }
      assertThatThrownBy(() -> Manifest.requireUnused(disk, DIRECTORY))
          .isInstanceOf(DbLockedException.class);
      assertThat(manifest.recovered()).isEqualTo(read());
    }
    Manifest.requireUnused(disk, DIRECTORY);
  }

  private static List<Edit> manyEdits() {
    return LongStream.range(1000, 20_000).<Edit>mapToObj(Edit.NextFile::new).toList();
  }

  @Test
  void oneAtATimeBringsItToItsSuccessor() throws IOException {
    begin(Version.empty()).close();
    Manifest.Recovered read = read();
    try (DirectoryLock _ = Manifest.claim(disk, DIRECTORY, read)) {
      assertThatThrownBy(() -> Manifest.requireUnused(disk, DIRECTORY))
          .isInstanceOf(DbLockedException.class);
      begin(read.version()).close();
    }
    assertThatThrownBy(() -> Manifest.claim(disk, DIRECTORY, read))
        .isInstanceOf(DbLockedException.class)
        .hasMessageContaining("somebody else");
    assertThat(disk.openFiles()).noneMatch(open -> open.contains("MANIFEST"));
  }
}
