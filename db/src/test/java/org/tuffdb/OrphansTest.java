package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;

/// Which files an opening deletes, and which it leaves alone.
class OrphansTest {
  private static final Path DIRECTORY = SmallStore.DIRECTORY;
  private static final byte[] KEY = HandmadeStore.bytes("key");
  private static final byte[] VALUE = HandmadeStore.bytes("value");

  private final SmallStore store = new SmallStore();
  private final List<Event> events = new ArrayList<>();

  OrphansTest() {
    try (Db db = store.open()) {
      db.put(KEY, VALUE);
      db.flush();
      db.put(KEY, VALUE);
    }
  }

  private Db open(FileSystem files, Path directory) {
    store.background = new ManualBackground(store.clock);
    return Db.builder(directory)
        .fileSystem(files)
        .options(Options.builder().memory(64 << 20).logFile(64 << 10).build())
        .background(store.background)
        .clock(store.clock)
        .random(new SplittableRandom(1))
        .listener(events::add)
        .open();
  }

  private static Path path(String name) {
    return DIRECTORY.resolve(name);
  }

  private void addFiles(String... names) throws IOException {
    for (String name : names) {
      HandmadeStore.create(store.disk, path(name), 1);
    }
  }

  private boolean exists(String name) throws IOException {
    return store.disk.exists(path(name));
  }

  private List<Path> deleted() {
    List<Path> files = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.FileDeleted(Path file)) {
        files.add(file);
      }
    }
    return files;
  }

  /// The large ones go in the background: to give them back takes a while.
  @Test
  void whatNothingRefersToIsDeleted() throws IOException {
    addFiles("000200.log", "000201.table", "MANIFEST-000202");
    try (Db db = open(store.disk, DIRECTORY)) {
      assertThat(exists("MANIFEST-000202")).isFalse();
      assertThat(exists("000200.log")).isTrue();
      assertThat(exists("000201.table")).isTrue();
      store.background.runAll();
      assertThat(exists("000200.log")).isFalse();
      assertThat(exists("000201.table")).isFalse();
      assertThat(deleted())
          .contains(path("MANIFEST-000202"), path("000200.log"), path("000201.table"));
      assertThat(db.get(KEY)).isEqualTo(VALUE);
    }
  }

  @Test
  void whatTheStoreConsistsOfStays() throws IOException {
    List<String> before = store.disk.list(DIRECTORY);
    Db db = open(store.disk, DIRECTORY);
    store.background.runAll();
    db.close();
    List<String> after = store.disk.list(DIRECTORY);
    assertThat(after.stream().filter(OrphansTest::isLogOrTable))
        .containsAll(before.stream().filter(OrphansTest::isLogOrTable).toList());
    assertThat(after).contains(FileNames.CURRENT, FileNames.LOCK);
    assertThat(after).filteredOn(name -> FileNames.manifestNumber(name).isPresent()).hasSize(1);
    assertThat(deleted())
        .filteredOn(file -> isLogOrTable(String.valueOf(file.getFileName())))
        .isEmpty();
  }

  private static boolean isLogOrTable(String name) {
    return FileNames.logNumber(name).isPresent() || FileNames.tableNumber(name).isPresent();
  }

  @Test
  void whatIsNotOursStays() throws IOException {
    addFiles("notes.txt", "1.log", "MANIFEST", "x.table", "CURRENT.old");
    open(store.disk, DIRECTORY).close();
    for (String name : List.of("notes.txt", "1.log", "MANIFEST", "x.table", "CURRENT.old")) {
      assertThat(exists(name)).as(name).isTrue();
    }
  }

  @Test
  void theNewestEightTornTailsAreKept() throws IOException {
    for (int i = 100; i < 110; i++) {
      addFiles("000%d.torn".formatted(i));
    }
    open(store.disk, DIRECTORY).close();
    assertThat(exists("000100.torn")).isFalse();
    assertThat(exists("000101.torn")).isFalse();
    for (int i = 102; i < 110; i++) {
      assertThat(exists("000%d.torn".formatted(i))).isTrue();
    }
    assertThat(deleted()).contains(path("000100.torn"), path("000101.torn"));
  }

  /// The next opening tries again.
  @Test
  void whatCannotBeDeletedIsReported() throws IOException {
    addFiles("MANIFEST-000202");
    store.faulty.failFromNth(
        Fault.IO_ERROR,
        1,
        call -> call.kind() == FileCall.Kind.DELETE && call.path().equals(path("MANIFEST-000202")));
    open(store.faulty, DIRECTORY).close();
    assertThat(exists("MANIFEST-000202")).isTrue();
    assertThat(events).hasAtLeastOneElementOfType(Event.HousekeepingFailed.class);
    assertThat(deleted()).isNotEmpty().doesNotContain(path("MANIFEST-000202"));

    store.faulty.heal();
    open(store.faulty, DIRECTORY).close();
    assertThat(exists("MANIFEST-000202")).isFalse();
  }

  /// It may be a backup that was put there. Nothing is created in it either.
  @Test
  void aDirectoryThatTookThePlaceOfTheStoresIsLeftAlone(@TempDir Path scratch) throws IOException {
    Path directory = Files.createDirectory(scratch.resolve("store"));
    open(FileSystem.disk(), directory).close();
    List<String> orphans = List.of("000200.log", "000201.table");
    createAll(directory, orphans);
    Db db = open(FileSystem.disk(), directory);
    Files.move(directory, scratch.resolve("moved"));
    Files.createDirectory(directory);
    createAll(directory, orphans);
    events.clear();
    store.background.runAll();
    assertThat(FileSystem.disk().list(directory)).isEqualTo(orphans);
    assertThat(events).hasAtLeastOneElementOfType(Event.HousekeepingFailed.class);
    assertThat(deleted()).isEmpty();
    db.close();
  }

  private static void createAll(Path directory, List<String> names) throws IOException {
    for (String name : names) {
      Files.createFile(directory.resolve(name));
    }
  }
}
