package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.WrappedBackground;
import org.tuffdb.version.Edit;

/// An opening flushes what memory has no room for, and a log that has too many files. Otherwise it
/// leaves that to the background.
class FlushAtOpeningTest {
  private final List<Event> events = new ArrayList<>();

  private Db open(SmallStore left, long memoryBytes) {
    return SmallStore.builder(left.faulty)
        .options(Options.builder().memory(memoryBytes).logFile(64 << 10).build())
        .background(left.background)
        .clock(left.clock)
        .listener(events::add)
        .open();
  }

  private static Stats.KeyspaceStats keyspace(Db db, int index) {
    return db.stats().keyspaces().get(index);
  }

  private long flushedBytes() {
    for (Event event : events) {
      if (event instanceof Event.Opened opened) {
        return opened.flushedBytes();
      }
    }
    throw new AssertionError("it was not opened");
  }

  /// Two keyspaces take turns in so many files of the log, an entry in each.
  private static SmallStore withLogFiles(int count) throws IOException {
    HandmadeStore store = new HandmadeStore(4 << 10);
    store.manifest.commit(new Edit.KeyspaceAdded(1, "other"));
    for (int i = 1; i <= count; i++) {
      store.roll(i);
      store.add(i, HandmadeStore.batch(i % 2, "key" + i));
    }
    return store.killed();
  }

  private static void requireKeys(Db db, int count) {
    for (int i = 1; i <= count; i++) {
      Keyspace keyspace = db.keyspace(i % 2 == 0 ? "default" : "other");
      String key = "key" + i;
      assertThat(keyspace.get(HandmadeStore.bytes(key))).isEqualTo(HandmadeStore.value(key));
    }
  }

  @Test
  void aLogOfSixteenFilesStays() throws IOException {
    try (Db db = open(withLogFiles(16), 64 << 20)) {
      assertThat(db.stats().logFiles()).isEqualTo(17);
      assertThat(keyspace(db, 0).memtableEntries()).isEqualTo(8);
      assertThat(keyspace(db, 1).memtableEntries()).isEqualTo(8);
      assertThat(flushedBytes()).isZero();
      requireKeys(db, 16);
    }
  }

  @Test
  void aLogOfMoreFilesIsFlushed() throws IOException {
    SmallStore left = withLogFiles(17);
    try (Db db = open(left, 64 << 20)) {
      assertThat(db.stats().logFiles()).isEqualTo(1);
      assertThat(keyspace(db, 0).memtables()).isZero();
      assertThat(keyspace(db, 1).memtables()).isZero();
      assertThat(flushedBytes()).isEqualTo(db.stats().tableBytes()).isPositive();
      requireKeys(db, 17);
    }
    try (Db again = left.open()) {
      requireKeys(again, 17);
      assertThat(again.stats().visibleSequence()).isEqualTo(17);
    }
  }

  /// The largest memtable goes first, though it is not full.
  @Test
  void manyKeyspacesThatMemoryHasNoRoomFor() throws IOException {
    HandmadeStore store = new HandmadeStore();
    for (int i = 1; i <= 20; i++) {
      store.manifest.commit(new Edit.KeyspaceAdded(i, "k" + i));
      store.add(3 * i - 2, HandmadeStore.batch(i, "c", "a", "b"));
    }
    try (Db db = open(store.killed(), 1 << 20)) {
      for (int i = 1; i <= 20; i++) {
        for (String key : List.of("a", "b", "c")) {
          assertThat(db.keyspace("k" + i).get(HandmadeStore.bytes(key)))
              .isEqualTo(HandmadeStore.value(key));
        }
      }
      assertThat(flushedBytes()).isEqualTo(db.stats().tableBytes()).isPositive();
    }
  }

  /// The keys come from the highest down.
  private static SmallStore killedWithTwoMegabytes() {
    SmallStore store = new SmallStore();
    Db killed = store.open();
    for (int i = 999; i >= 100; i--) {
      killed.put(HandmadeStore.bytes("key" + i), new byte[2_000], Durability.BUFFERED);
    }
    return new SmallStore(store.disk.restart());
  }

  @Test
  void entriesThatMemoryHasNoRoomFor() {
    try (Db db = open(killedWithTwoMegabytes(), 1 << 20)) {
      for (int i = 100; i < 1_000; i++) {
        assertThat(db.get(HandmadeStore.bytes("key" + i))).as("key%d", i).hasSize(2_000);
      }
      assertThat(flushedBytes()).isEqualTo(db.stats().tableBytes()).isGreaterThan(1_000_000);
      assertThat(db.stats().memory().memtableBytes()).isLessThan(1 << 20);
    }
  }

  /// With memory for a whole memtable at hand, sixty keyspaces take turns: if each took it in its
  /// turn, it would have to be flushed for the next one, an entry at a time.
  @Test
  void memoryThatIsReadyIsNotHandedAround() {
    SmallStore store = new SmallStore();
    Options options = Options.builder().memory(8 << 20).memtable(1 << 20).build();
    Db killed =
        SmallStore.builder(store.faulty).options(options).background(store.background).open();
    for (int i = 0; i < 240; i++) {
      byte[] key = HandmadeStore.bytes("key" + i);
      killed.keyspace("k" + i % 60).put(key, new byte[5_000], Durability.BUFFERED);
    }
    SmallStore left = new SmallStore(store.disk.restart());
    Db.Builder builder = SmallStore.builder(left.faulty).options(options).listener(events::add);
    try (Db db = builder.background(withMemoryAtOnce(left)).open()) {
      assertThat(db.keyspaces()).hasSize(61);
      assertThat(flushedBytes()).isLessThan(10_000);
    }
  }

  private static Background withMemoryAtOnce(SmallStore store) {
    return new WrappedBackground() {
      @Override
      public Background tasks() {
        return store.background;
      }

      @Override
      public void executeAfter(Lane lane, long delayNanos, Runnable task) {
        if (lane == Lane.MEMORY) {
          task.run();
        } else {
          tasks().executeAfter(lane, delayNanos, task);
        }
      }
    };
  }

  @Test
  void aTableThatTheDiskHasNoRoomForIsNotLeftBehind() throws IOException {
    SmallStore left = killedWithTwoMegabytes();
    List<String> before = left.disk.list(SmallStore.DIRECTORY);
    left.faulty.failFromNth(
        Fault.NO_SPACE, 5, call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isTable(call));
    assertThatThrownBy(() -> open(left, 1 << 20)).isInstanceOf(OutOfSpaceException.class);
    left.disk.assertNothingOpen();
    assertThat(left.disk.list(SmallStore.DIRECTORY)).isEqualTo(before);
  }
}
