package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.log.Log;
import org.tuffdb.version.Edit;

/// Openings that are refused, with the file, the place and the reason, and what they leave behind.
class RefusedOpeningTest {
  private static final Path DIRECTORY = HandmadeStore.DIRECTORY;

  /// Where the second of two records begins.
  private static final long SECOND =
      HandmadeStore.FIRST + Log.recordBytes(HandmadeStore.batch(0, "key1").length);

  private final HandmadeStore store;

  RefusedOpeningTest() throws IOException {
    store = new HandmadeStore();
  }

  private static void requireRefused(SmallStore left, Path file, long offset, String what)
      throws IOException {
    List<String> before = left.disk.list(DIRECTORY);
    CorruptionException refused =
        catchThrowableOfType(CorruptionException.class, () -> left.open().close());
    assertThat(refused.file()).isEqualTo(file);
    assertThat(refused.offset()).isEqualTo(offset);
    assertThat(refused.what()).isEqualTo(what);
    left.disk.assertNothingOpen();
    assertThat(left.disk.list(DIRECTORY)).containsAll(before);
  }

  @Test
  void entriesThatAreMissing() throws IOException {
    store.putSynced(1, 3);
    requireRefused(
        store.killed(), store.file(), SECOND, "entries are missing: expected sequence 2, found 3");
  }

  @Test
  void aKeyspaceThatNobodyKnows() throws IOException {
    store.putSynced(1);
    store.add(2, HandmadeStore.batch(1, "key"));
    requireRefused(store.killed(), store.file(), SECOND, "unknown keyspace 1");
  }

  @Test
  void aBatchThatIsMalformed() throws IOException {
    store.putSynced(1);
    store.add(2, new byte[] {9, 9, 9, 9, 9});
    requireRefused(store.killed(), store.file(), SECOND, "the batch is malformed");
  }

  @Test
  void aFileOfTheLogThatIsMissing() throws IOException {
    store.putSynced(1);
    SmallStore left = store.killed();
    left.disk.delete(store.file());
    requireRefused(left, store.file(), -1, "the file is missing");
  }

  @Test
  void aLogThatEndsBeforeTheTablesDo() throws IOException {
    store.putSynced(1, 2);
    store.manifest.commit(new Edit.Flushed(0, 3));
    requireRefused(
        store.killed(),
        DIRECTORY,
        -1,
        "the log ends with sequence 2, and tables hold 3: a file of the log was cut or replaced");
  }

  /// A new store may not take the place of one that has lost its `CURRENT`.
  @Test
  void dataWithoutCurrent() throws IOException {
    for (String name : List.of("000003.log", "000003.table")) {
      SmallStore left = new SmallStore();
      left.disk.createDirectories(DIRECTORY);
      HandmadeStore.create(left.disk, DIRECTORY.resolve(name), 1);
      requireRefused(
          left,
          DIRECTORY.resolve(FileNames.CURRENT),
          -1,
          "the file is missing, and the store has data");
    }
  }

  /// The first opening of all did not come to its end.
  @Test
  void aManifestAloneIsNoData() throws IOException {
    SmallStore left = new SmallStore();
    left.disk.createDirectories(DIRECTORY);
    HandmadeStore.create(left.disk, FileNames.manifest(DIRECTORY, 1), 1);
    left.open().close();
    assertThat(left.disk.exists(FileNames.manifest(DIRECTORY, 1))).isFalse();
  }

  /// What is being written is neither whole nor damaged.
  @Test
  void aStoreWhoseManifestSomebodyWrites() throws IOException {
    HandmadeStore.write(store.disk, store.manifest.path(), 0, (byte) 0);
    SmallStore same = new SmallStore(store.disk);
    assertThatThrownBy(same::open).isInstanceOf(DbLockedException.class);
  }

  @Test
  void anEntryThatMemoryHasNoRoomFor() throws IOException {
    SmallStore left = new SmallStore();
    try (Db db = left.open()) {
      db.put(HandmadeStore.bytes("large"), new byte[600_000]);
    }
    Options little = Options.builder().memory(1 << 20).build();
    assertThatThrownBy(() -> openWith(left, little))
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("more than half of Options.memory");
    left.disk.assertNothingOpen();
    try (Db db = left.open()) {
      assertThat(db.get(HandmadeStore.bytes("large"))).hasSize(600_000);
    }
  }

  private static Db openWith(SmallStore left, Options options) {
    return SmallStore.builder(left.disk)
        .options(options)
        .background(new ManualBackground(left.clock))
        .open();
  }

  @Test
  void tablesAreClosedAndNothingNewIsLeft() throws IOException {
    SmallStore left = new SmallStore();
    try (Db db = left.open()) {
      db.put(HandmadeStore.bytes("key1"), HandmadeStore.value("key1"));
      db.flush();
    }
    List<String> before = left.disk.list(DIRECTORY);
    left.faulty.failFromNth(
        Fault.NO_SPACE,
        1,
        call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isManifest(call));
    assertThatThrownBy(left::open).isInstanceOf(OutOfSpaceException.class);
    left.disk.assertNothingOpen();
    assertThat(left.disk.list(DIRECTORY)).isEqualTo(before);
  }

  /// `CURRENT` may name the new manifest by then, which knows the new file of the log.
  @Test
  void whatTheManifestMayKnowIsLeft() throws IOException {
    store.putSynced(1);
    SmallStore left = store.killed();
    left.faulty.failNth(Fault.IO_ERROR, 2, call -> call.kind() == FileCall.Kind.SYNC_DIRECTORY);
    assertThatThrownBy(left::open).isInstanceOf(DbException.class);
    left.disk.assertNothingOpen();
    left.faulty.heal();
    MemoryFileSystem restarted = left.disk.restart();
    try (Db db = new SmallStore(restarted).open()) {
      assertThat(db.get(HandmadeStore.bytes("key1"))).isEqualTo(HandmadeStore.value("key1"));
    }
  }
}
