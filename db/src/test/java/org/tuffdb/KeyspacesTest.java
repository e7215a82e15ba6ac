package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.WrappedBackground;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;

/// How keyspaces come to be, and what they cost.
class KeyspacesTest {
  private static final byte[] KEY = "key".getBytes(UTF_8);
  private static final byte[] VALUE = "value".getBytes(UTF_8);

  private final SmallStore store = new SmallStore();

  /// The manifest keeps names as UTF-8, where each half of a surrogate pair becomes a `?`: two
  /// keyspaces would be one after the next opening.
  @Test
  void aNameThatIsNoTextIsRefused() {
    try (Db db = store.open()) {
      assertThatThrownBy(() -> db.keyspace("\ud800"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("surrogate");
      assertThatThrownBy(() -> new Batch().put("\udc00", KEY, VALUE))
          .isInstanceOf(IllegalArgumentException.class);
      db.keyspace("?").put(KEY, VALUE);
      db.keyspace("\ud83e\udd83").put(KEY, KEY);
    }
    try (Db db = store.open()) {
      assertThat(db.keyspaces()).containsExactly("default", "?", "\ud83e\udd83");
      assertThat(db.keyspace("?").get(KEY)).isEqualTo(VALUE);
      assertThat(db.keyspace("\ud83e\udd83").get(KEY)).isEqualTo(KEY);
    }
  }

  /// Found by the campaign structures: opening made an array with room for all ids below.
  @Test
  void anyIdMayComeNext() throws IOException {
    store.open().close();
    Manifest.Recovered found =
        Objects.requireNonNull(Manifest.read(store.disk, SmallStore.DIRECTORY));
    try (Directory directory = store.disk.openDirectory(SmallStore.DIRECTORY);
        Manifest manifest =
            new Manifest(
                store.disk, directory, found.storeId(), found.version(), new SplittableRandom(1))) {
      manifest.commit(new Edit.NextKeyspace(Integer.MAX_VALUE - 1));
    }
    try (Db db = store.open()) {
      db.keyspace("last").put(KEY, VALUE);
    }
    try (Db db = store.open()) {
      assertThat(db.keyspace("last").get(KEY)).isEqualTo(VALUE);
    }
  }

  /// Writing the batch would create it.
  @Test
  void aWriteThatABatchRefusesLeavesNoKeyspaceBehind() {
    try (Db db = store.open()) {
      Batch batch = new Batch();
      assertThatThrownBy(() -> batch.put("ghost", new byte[0], VALUE))
          .isInstanceOf(IllegalArgumentException.class);
      db.write(batch);
      assertThat(db.keyspaces()).containsExactly("default");
    }
  }

  /// What is on the disk is a beginning of what was done: what was moved out of a keyspace before
  /// it was dropped is not lost with it.
  @Test
  void aDropTakesWhatWasWrittenBeforeToTheDisk() {
    Db db = store.open();
    db.keyspace("old").put(KEY, VALUE);
    db.put(KEY, VALUE, Durability.BUFFERED);
    db.dropKeyspace("old");
    try (Db left = store.openAfterPowerCut()) {
      assertThat(left.keyspaces()).containsExactly("default");
      assertThat(left.get(KEY)).isEqualTo(VALUE);
    }
    db.close();
  }

  /// There may be more of them than the budget has room for memtables.
  @Test
  void anEmptyKeyspaceTakesNoMemory() {
    try (Db db =
        Db.builder(SmallStore.DIRECTORY)
            .fileSystem(store.disk)
            .options(Options.builder().memory(1 << 20).build())
            .open()) {
      for (int i = 0; i < 100; i++) {
        db.keyspace("k" + i);
      }
      assertThat(db.stats().memory().memtableBytes()).isZero();
      db.keyspace("k99").put(KEY, VALUE);
      assertThat(db.stats().memory().memtableBytes()).isBetween(1L, db.stats().memory().maxBytes());
      assertThat(db.keyspace("k98").get(KEY)).isNull();
      assertThat(db.keyspace("k98").scan(KeyRange.all()).next()).isFalse();
    }
  }

  /// Who waits its turn to create a keyspace finds the store closed, and not a closed manifest,
  /// which would look as if the disk had failed.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aKeyspaceIsCreatedBeforeTheStoreIsClosedOrNotAtAll() throws Exception {
    Db db = store.open();
    Semaphore creating = new Semaphore(0);
    Semaphore goOn = new Semaphore(0);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC && SmallStore.isManifest(call)) {
        creating.release();
        goOn.acquireUninterruptibly();
      }
    });
    FutureTask<Keyspace> first = new FutureTask<>(() -> db.keyspace("first"));
    FutureTask<Keyspace> second = new FutureTask<>(() -> db.keyspace("second"));
    FutureTask<Boolean> close = new FutureTask<>(db::close, true);
    Thread.ofPlatform().start(first);
    creating.acquire();
    Thread waits = Thread.ofPlatform().start(second);
    while (waits.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
    Thread.ofPlatform().start(close);
    while (isOpen(db)) {
      Thread.onSpinWait();
    }
    store.faulty.listen(null);
    goOn.release();

    assertThat(first.get().name()).isEqualTo("first");
    assertThatThrownBy(second::get).hasCauseInstanceOf(DbClosedException.class);
    assertThat(close.get()).isTrue();
    store.disk.assertNothingOpen();
    try (Db again = store.open()) {
      assertThat(again.keyspaces()).containsExactly("default", "first");
    }
  }

  private static boolean isOpen(Db db) {
    try {
      return db.get(KEY) == null;
    } catch (DbClosedException closed) {
      return false;
    }
  }

  /// A batch over more keyspaces than there is memory for.
  private static Batch overNineKeyspaces() {
    Batch batch = new Batch();
    for (int i = 0; i < 9; i++) {
      batch.put("k" + i, KEY, VALUE);
    }
    return batch;
  }

  private Db openWithRoomForEight() {
    return SmallStore.builder(store.faulty)
        .options(Options.builder().memory(1 << 20).logFile(64 << 10).stallLimit(1_000).build())
        .background(new TimePasses(store.background, store.clock))
        .clock(store.clock)
        .open();
  }

  /// Memtables that were begun for nothing would keep their memory for ever.
  @Test
  void aBatchThatFindsNoMemoryLeavesNoMemtablesBehind() {
    try (Db db = openWithRoomForEight()) {
      assertThatThrownBy(() -> db.write(overNineKeyspaces())).isInstanceOf(StalledException.class);
      requireAllTakeWrites(db);
    }
  }

  private static Batch overEightKeyspaces(int valueBytes) {
    Batch batch = new Batch();
    for (int i = 0; i < 8; i++) {
      batch.put("k" + i, KEY, new byte[valueBytes]);
    }
    return batch;
  }

  @Test
  void aBatchThatFindsNoNextFileOfTheLogLeavesNoMemtablesBehind() {
    try (Db db = openWithRoomForEight()) {
      store.faulty.failFromNth(
          Fault.NO_SPACE, 1, call -> call.kind() == FileCall.Kind.CREATE && SmallStore.isLog(call));
      assertThatThrownBy(() -> db.write(overEightKeyspaces(10_000)))
          .isInstanceOf(OutOfSpaceException.class);
      store.faulty.heal();
      requireAllTakeWrites(db);
    }
  }

  @Test
  void aBatchThatTheLogTakesBackLeavesNoMemtablesBehind() {
    try (Db db = openWithRoomForEight()) {
      store.faulty.failNth(
          Fault.NO_SPACE, 1, call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isLog(call));
      assertThatThrownBy(() -> db.write(overEightKeyspaces(100)))
          .isInstanceOf(OutOfSpaceException.class);
      requireAllTakeWrites(db);
    }
  }

  private static void requireAllTakeWrites(Db db) {
    db.put(KEY, VALUE);
    for (int i = 0; i < 9; i++) {
      Keyspace keyspace = db.keyspace("k" + i);
      keyspace.put(KEY, VALUE);
      assertThat(keyspace.get(KEY)).isEqualTo(VALUE);
    }
  }

  /// A background in which time passes where nothing is to be done.
  private record TimePasses(ManualBackground tasks, ManualClock clock)
      implements WrappedBackground {
    @Override
    public void pause(long nanos) {
      clock.advance(nanos);
      boolean _ = tasks.runOne();
    }
  }
}
