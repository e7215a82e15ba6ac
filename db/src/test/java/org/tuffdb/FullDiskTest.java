package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.MemoryFileSystem;

/// The disk is full for a while. What was refused is as if it had never been tried: the store goes
/// on when there is room, and can be opened again.
class FullDiskTest {
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// A sync that fails is another matter, even for want of space.
  private static boolean writesToTheManifest(FileCall call) {
    boolean writes = call.kind() == FileCall.Kind.WRITE || call.kind() == FileCall.Kind.STORE;
    return writes && SmallStore.isManifest(call);
  }

  /// A file that the manifest knows and the log skips would be taken for a loss.
  @Test
  void aPreparedFileThatIsTooSmallIsGivenBackOrStays() {
    Db db = store.open();
    store.background.runAll();
    byte[] largerThanAFile = new byte[200_000];
    store.faulty.failFromNth(Fault.NO_SPACE, 1, FullDiskTest::writesToTheManifest);
    assertThatThrownBy(() -> db.put(bytes("large"), largerThanAFile))
        .isInstanceOf(OutOfSpaceException.class);

    store.faulty.heal();
    db.put(bytes("large"), largerThanAFile);
    db.put(bytes("after"), VALUE);
    assertThat(db.stats().writable()).isTrue();
    db.close();

    try (Db again = store.open()) {
      assertThat(again.get(bytes("large"))).isEqualTo(largerThanAFile);
      assertThat(again.get(bytes("after"))).isEqualTo(VALUE);
    }
  }

  /// Wherever in the manifest the room ends, in an edit or in the mark behind it.
  @Test
  void theManifestMayEndAnywhere() {
    int refusals = 0;
    for (long room = 500; room < 1_000; room += 8) {
      refusals += refusalWithRoomInTheManifest(room) ? 1 : 0;
    }
    assertThat(refusals).isPositive();
  }

  private static boolean refusalWithRoomInTheManifest(long room) {
    SmallStore full = new SmallStore();
    Db db = full.open();
    full.faulty.failFromNth(
        Fault.NO_SPACE,
        1,
        call -> writesToTheManifest(call) && call.position() + call.length() > room);
    boolean refused = false;
    int created = 0;
    try {
      for (; created < 20; created++) {
        db.keyspace("k" + created);
      }
    } catch (OutOfSpaceException asItShould) {
      refused = true;
    }
    full.faulty.heal();
    db.keyspace("k" + created).put(bytes("key"), VALUE);
    assertThat(db.stats().writable()).as("with room for %d bytes", room).isTrue();
    db.close();

    try (Db again = full.open()) {
      assertThat(again.keyspaces()).as("with room for %d bytes", room).hasSize(created + 2);
      assertThat(again.keyspace("k" + created).get(bytes("key"))).isEqualTo(VALUE);
    }
    return refused;
  }

  /// Each try flushes the log: what a failed one leaves would fill the disk for good.
  @Test
  void openingsThatFailLeaveNoFiles() throws IOException {
    Db killed = store.open();
    for (int i = 0; i < 20; i++) {
      killed.put(bytes("key" + i), new byte[40_000]);
    }
    MemoryFileSystem left = store.disk.restart();
    SmallStore full = new SmallStore(left);
    List<String> before = left.list(SmallStore.DIRECTORY);

    for (int i = 1; i <= 2; i++) {
      full.faulty.failNth(
          Fault.NO_SPACE, i, call -> call.kind() == FileCall.Kind.WRITE && isLogOrTable(call));
      assertThatThrownBy(full::open).isInstanceOf(OutOfSpaceException.class);
      full.faulty.heal();
      assertThat(left.list(SmallStore.DIRECTORY)).isEqualTo(before);
    }
    assertThat(full.faulty.faults()).isEqualTo(2);
    left.assertNothingOpen();

    try (Db db = full.open()) {
      assertThat(db.stats().entries()).isEqualTo(20);
    }
  }

  @Test
  void aFlushWaitsForSpaceWhileWritesAreRefusedAndReadsGoOn() {
    Options little = Options.builder().memory(1 << 20).logFile(64 << 10).build();
    Db db =
        SmallStore.builder(store.faulty)
            .options(little)
            .background(store.background)
            .clock(store.clock)
            .open();
    store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
    int written = 0;
    try {
      while (written < 1_000) {
        db.put(bytes("key" + written), new byte[1_000]);
        written++;
      }
    } catch (OutOfSpaceException full) {
      // The memory is used up.
    }
    assertThat(written).isBetween(100, 999);
    assertThat(db.stats().writable()).isTrue();
    assertHolds(db, written);

    store.faulty.heal();
    store.clock.advance(1_000_000_000);
    store.background.runAll();
    for (; written < 1_000; written++) {
      db.put(bytes("key" + written), new byte[1_000]);
    }
    assertHolds(db, written);
    db.close();
    try (Db again = store.openAfterPowerCut()) {
      assertHolds(again, written);
    }
  }

  @Test
  void aCompactionWaitsForSpaceWhileWritesAndReadsGoOn() {
    Db db = store.open();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 100; i++) {
        db.put(bytes("key" + i), new byte[1_000]);
      }
      db.flush();
    }
    store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
    assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(OutOfSpaceException.class);
    db.put(bytes("key100"), new byte[1_000]);
    assertHolds(db, 101);

    store.faulty.heal();
    store.clock.advance(1_000_000_000);
    store.background.runAll();
    db.compact(KeyRange.all());
    assertThat(db.stats().keyspaces().getFirst().levels().getFirst().tables()).isEmpty();
    assertThat(db.stats().entries()).isEqualTo(101);
    assertHolds(db, 101);
    db.close();
  }

  /// Each try takes what room there is for a while.
  @Test
  void aCompactionThatLacksSpaceTriesLessAndLessOften() {
    Db db = store.open();
    for (int round = 0; round < 2; round++) {
      db.put(bytes("key"), VALUE);
      db.flush();
    }
    AtomicInteger tries = new AtomicInteger();
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.CREATE && SmallStore.isTable(call)) {
        tries.incrementAndGet();
      }
    });
    for (int fullAgain = 0; fullAgain < 2; fullAgain++) {
      store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
      tries.set(0);
      assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(OutOfSpaceException.class);
      waitFor(1_000);
      assertThat(tries).as("within a second").hasValueBetween(3, 5);
      waitFor(60_000);
      assertThat(tries).as("within a minute").hasValueBetween(10, 15);
      store.faulty.heal();
      waitFor(10_000);
      assertThat(db.stats().writable()).isTrue();
    }
    assertThat(db.stats().keyspaces().getFirst().levels().getFirst().tables()).isEmpty();
    db.close();
  }

  /// The next try by itself may be seconds away, and whoever asks has perhaps just freed the space.
  @Test
  void whoeverAsksHasItTriedAtOnce() {
    Db db = store.open();
    for (int round = 0; round < 2; round++) {
      db.put(bytes("key"), VALUE);
      db.flush();
    }
    store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
    assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(OutOfSpaceException.class);
    db.put(bytes("key"), VALUE);
    assertThatThrownBy(db::flush).isInstanceOf(OutOfSpaceException.class);
    waitFor(60_000);
    assertThatThrownBy(db::flush).isInstanceOf(OutOfSpaceException.class);

    store.faulty.heal();
    db.flush();
    db.compact(KeyRange.all());
    assertThat(db.stats().keyspaces().getFirst().memtableEntries()).isZero();
    assertThat(db.stats().keyspaces().getFirst().levels().getFirst().tables()).isEmpty();
    db.close();
  }

  /// Else each call on a full disk would leave tries behind that go on for good.
  @Test
  void askingOftenMakesNoMoreTriesLater() {
    Db db = store.open();
    for (int round = 0; round < 2; round++) {
      db.put(bytes("key"), VALUE);
      db.flush();
    }
    store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(OutOfSpaceException.class);
    }
    AtomicInteger tries = new AtomicInteger();
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.CREATE && SmallStore.isTable(call)) {
        tries.incrementAndGet();
      }
    });
    waitFor(60_000);
    assertThat(tries).hasValueBetween(1, 15);
    store.faulty.heal();
    db.close();
  }

  private void waitFor(int millis) {
    for (int passed = 0; passed < millis; passed += 100) {
      store.clock.advance(100_000_000);
      store.background.runAll();
    }
  }

  @Test
  void flushingGoesOnWhereACompactionLacksSpace() {
    Db db = store.open();
    for (int round = 0; round < 2; round++) {
      db.put(bytes("key" + round), VALUE);
      db.flush();
    }
    store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
    assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(OutOfSpaceException.class);
    store.faulty.heal();
    db.put(bytes("key2"), VALUE);
    db.flush();
    assertThat(db.stats().keyspaces().getFirst().memtableEntries()).isZero();
    db.close();
  }

  /// What could not be flushed is gone, and nothing waits for space any more.
  @Test
  void droppingAKeyspaceEndsTheWaitOfItsFlush() {
    Db db =
        SmallStore.builder(store.faulty)
            .options(Options.builder().memory(1 << 20).logFile(64 << 10).build())
            .background(store.background)
            .clock(store.clock)
            .open();
    Keyspace dropped = db.keyspace("dropped");
    store.faulty.failFromNth(Fault.NO_SPACE, 1, SmallStore::isTable);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                dropped.put(bytes("key" + i), new byte[1_000]);
              }
            })
        .isInstanceOf(OutOfSpaceException.class);
    db.dropKeyspace("dropped");
    waitFor(200);
    store.faulty.heal();
    db.put(bytes("first"), new byte[150_000]);
    db.put(bytes("has to wait for the first to be flushed"), new byte[300_000]);
    assertThat(db.stats().work().flushedBytes()).isGreaterThan(150_000);
    db.close();
  }

  /// It was to be noted as whole when the disk was full. It holds back all files behind it.
  @Test
  void aFileOfTheLogThatCouldNotBeNotedIsDroppedLater() {
    Db db = store.open();
    store.background.runAll();
    for (int i = 0; i < 8; i++) {
      db.put(bytes("key" + i), new byte[10_000]);
    }
    store.faulty.failFromNth(Fault.NO_SPACE, 1, FullDiskTest::writesToTheManifest);
    store.background.runAll();
    assertThat(store.faulty.faults()).isPositive();
    store.faulty.heal();
    assertThat(db.stats().logFiles()).isGreaterThan(1);
    for (int i = 0; i < 3; i++) {
      db.put(bytes("after"), VALUE);
      db.flush();
      waitFor(100);
    }
    assertThat(db.stats().logFiles()).isLessThanOrEqualTo(2);
    db.close();
  }

  private static void assertHolds(Db db, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(db.get(bytes("key" + i))).as("key" + i).hasSize(1_000);
    }
  }

  private static boolean isLogOrTable(FileCall call) {
    return SmallStore.isLog(call) || SmallStore.isTable(call);
  }
}
