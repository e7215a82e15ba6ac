package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.version.Manifest;

/// What a verification reads, how it tells of its progress, and what it says of files as a whole.
class StoreVerificationTest {
  private static final Path DIRECTORY = HandmadeStore.DIRECTORY;
  private static final Path CURRENT = DIRECTORY.resolve(FileNames.CURRENT);

  private final List<Long> done = new ArrayList<>();
  private final List<Long> total = new ArrayList<>();

  private Verification verify(FileSystem files) {
    return Verification.of(
        files,
        DIRECTORY,
        (doneBytes, totalBytes) -> {
          done.add(doneBytes);
          total.add(totalBytes);
        });
  }

  private static long sizeBytes(FileSystem files, Path... paths) throws IOException {
    long sum = 0;
    for (Path path : paths) {
      sum += HandmadeStore.read(files, path).length;
    }
    return sum;
  }

  private static MemoryFileSystem withTwoTables() {
    SmallStore store = new SmallStore();
    try (Db db = store.open()) {
      for (String key : List.of("key1", "key2")) {
        db.put(HandmadeStore.bytes(key), HandmadeStore.value(key));
        db.flush();
      }
    }
    return store.disk.restart();
  }

  private static List<Path> tables(FileSystem files) throws IOException {
    return files.list(DIRECTORY).stream()
        .filter(name -> FileNames.tableNumber(name).isPresent())
        .map(DIRECTORY::resolve)
        .toList();
  }

  /// First comes what says which files there are, then the log, record by record.
  @Test
  void theProgressIsThatOfTheFiles() throws IOException {
    HandmadeStore store = new HandmadeStore();
    store.putSynced(1, 2);
    long manifests = sizeBytes(store.disk, CURRENT, store.manifest.path());
    long all = manifests + sizeBytes(store.disk, store.file());
    long payload = HandmadeStore.batch(0, "key1").length;

    Verification found = verify(store.disk.restart());
    assertThat(done).containsExactly(manifests, manifests + payload, manifests + 2 * payload, all);
    assertThat(total).containsOnly(all);
    assertThat(found.sizeBytes()).isEqualTo(all);
    assertThat(found.files()).isEqualTo(3);
    assertThat(found.isClean()).isTrue();
  }

  @Test
  void aTableThatIsNotReadToItsEndCountsAsDone() throws IOException {
    MemoryFileSystem files = withTwoTables();
    HandmadeStore.write(files, tables(files).getLast(), 0, (byte) 0);
    Verification found = verify(files);
    assertThat(found.damages())
        .extracting(Verification.Damage::file)
        .containsExactly(tables(files).getLast());
    assertThat(found.isClean()).isFalse();
    assertThat(done.getLast()).isEqualTo(found.sizeBytes()).isEqualTo(total.getLast());
  }

  /// As where a manifest was brought back from a backup of another one.
  @Test
  void tablesOfAnotherStoreAreDamage() throws IOException {
    MemoryFileSystem files = withTwoTables();
    Manifest.Recovered found = Objects.requireNonNull(Manifest.read(files, DIRECTORY));
    try (Directory directory = files.openDirectory(DIRECTORY)) {
      long otherId = found.storeId() + 1;
      new Manifest(files, directory, otherId, found.version(), new SplittableRandom(1)).close();
    }
    List<Path> tables = tables(files);
    assertThat(verify(files).damages())
        .filteredOn(damage -> tables.contains(damage.file()))
        .hasSize(2)
        .allSatisfy(damage -> {
          assertThat(damage.offset()).isEqualTo(32);
          assertThat(damage.what()).isEqualTo("the table belongs to another store");
          assertThat(damage.keyspace()).isEqualTo("default");
        });
  }

  /// The same files, except for what says which ones there are.
  @Test
  void withoutCurrentTheFilesOfTheDirectoryAreRead() throws IOException {
    HandmadeStore store = new HandmadeStore();
    store.putSynced(1);
    MemoryFileSystem files = store.disk.restart();
    files.delete(CURRENT);
    HandmadeStore.create(files, DIRECTORY.resolve("notes.txt"), 100);
    Verification found = verify(files);
    assertThat(found.files()).isEqualTo(2);
    assertThat(found.sizeBytes())
        .isEqualTo(sizeBytes(files, store.manifest.path(), store.file()))
        .isEqualTo(done.getLast());
  }

  @Test
  void currentThatCannotBeReadIsDamage() throws IOException {
    HandmadeStore store = new HandmadeStore();
    FaultyFileSystem failing = new FaultyFileSystem(store.disk.restart());
    failing.failFromNth(
        Fault.IO_ERROR,
        1,
        call -> call.kind() == FileCall.Kind.OPEN_FOR_READ && call.path().equals(CURRENT));
    assertThat(verify(failing).damages())
        .singleElement()
        .satisfies(damage -> {
          assertThat(damage.file()).isEqualTo(CURRENT);
          assertThat(damage.offset()).isEqualTo(-1);
          assertThat(damage.what()).contains("Input/output error");
        });
  }

  /// Somebody has deleted the store's lock file while it was open.
  @Test
  void aManifestThatIsBeingWrittenIsLeftAlone() throws IOException {
    HandmadeStore open = new HandmadeStore();
    assertThatThrownBy(() -> verify(open.disk)).isInstanceOf(DbLockedException.class);
    open.manifest.close();
    assertThat(verify(open.disk).isClean()).isTrue();
  }

  @Test
  void eachFileThatAStoreCannotDoWithoutMakesAStore(@TempDir Path directory) throws IOException {
    for (String other : List.of("notes.txt", "LOCK", "CURRENT.new", "000001.torn")) {
      Files.createFile(directory.resolve(other));
    }
    assertThat(Verification.isStore(directory)).isFalse();
    for (String name : List.of("CURRENT", "000001.log", "000001.table")) {
      Path file = Files.createFile(directory.resolve(name));
      assertThat(Verification.isStore(directory)).as(name).isTrue();
      Files.delete(file);
    }
  }
}
