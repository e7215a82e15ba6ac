package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.DbException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WrappedBackground;

/// What holds writers back, and what is done first.
class PressureTest {
  private static final byte[] VALUE = new byte[1_000];
  private static final int STALL_MILLIS = 1_000;

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Compactor compactor(Db db) {
    return Inside.get(
        Inside.get(db, "maintenance", Maintenance.class), "compactor", Compactor.class);
  }

  private Db open(Options options) {
    store.background = new ManualBackground(store.clock);
    return SmallStore.builder(store.faulty)
        .background(store.background)
        .clock(store.clock)
        .options(options)
        .open();
  }

  /// A table of level 0.
  private static void addTable(Db db, Keyspace keyspace, int entries) {
    for (int i = 0; i < entries; i++) {
      keyspace.put(bytes("key" + i), VALUE, Durability.BUFFERED);
    }
    Maintenance maintenance = Inside.get(db, "maintenance", Maintenance.class);
    maintenance.freezeAll();
    while (Inside.get(db, "keyspaces", Keyspaces.class).oldestFrozen() != null) {
      try {
        maintenance.flusher().flush(keyspace, () -> false);
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }

  /// At rest a store is made small, which can take long if it is large; who begins to write then
  /// need not wait for that.
  @Test
  void whatOnlySavesRoomHoldsNobodyBack() {
    try (Db db = open(Options.builder().memory(64 << 20).baseLevel(64 << 10).build())) {
      Keyspace keyspace = db.keyspace("default");
      addTable(db, keyspace, 1_000);
      Compactor compactor = compactor(db);
      compactor.calm(true);
      assertThat(compactor.debtBytes(keyspace)).isPositive();
      assertThat(compactor.debtPressure()).isNegative();
      compactor.calm(false);
    }
  }

  /// What was behind is forgotten once nothing is.
  @Test
  void writersDoNotWaitForMergesThatAreDone() {
    Options options =
        Options.builder().memory(64 << 20).baseLevel(64 << 10).level0Tables(2).build();
    try (Db db = open(options)) {
      Keyspace keyspace = db.keyspace("default");
      for (int i = 0; i < 40; i++) {
        addTable(db, keyspace, 10);
        store.clock.advance(1_000_000_000);
      }
      Pressures pressures =
          Inside.get(
              Inside.get(db, "maintenance", Maintenance.class), "pressures", Pressures.class);
      store.clock.advance(60_000_000_000L);
      pressures.measure();
      Backpressure backpressure = Inside.get(pressures, "backpressure", Backpressure.class);
      db.put(bytes("slow"), VALUE, Durability.BUFFERED);
      assertThat(backpressure.bytesPerSecond()).isLessThan(Long.MAX_VALUE);
      store.background.runAll();
      db.put(bytes("fast"), VALUE, Durability.BUFFERED);
      assertThat(backpressure.bytesPerSecond()).isEqualTo(Long.MAX_VALUE);
    }
  }

  /// No merge will come there any more.
  @Test
  void aKeyspaceThatCannotBeMergedHoldsNobodyBack() {
    try (Db db = open(Options.builder().memory(64 << 20).level0Tables(2).build())) {
      Keyspace damaged = db.keyspace("damaged");
      for (int i = 0; i < 20; i++) {
        addTable(db, damaged, 10);
      }
      Compactor compactor = compactor(db);
      assertThat(compactor.level0Pressure()).isPositive();
      store.faulty.failFromNth(
          Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.READ && SmallStore.isTable(call));
      for (int i = 0; i < 5; i++) {
        store.clock.advance(1_000_000_000);
        store.background.runAll();
      }
      store.faulty.heal();
      assertThat(compactor.isHalted(damaged)).isTrue();
      assertThat(compactor.level0Pressure()).isNegative();
      assertThat(compactor.debtPressure()).isNegative();
      db.put(bytes("key"), VALUE);
      assertThat(db.stats().writable()).isTrue();
      assertThatThrownBy(() -> damaged.compact(KeyRange.all()))
          .isInstanceOf(DbException.class)
          .hasMessageContaining("cannot be read");
    }
  }

  /// To give back what a range delete covers takes no room: it must not wait for what found none.
  @Test
  void whatFreesSpaceComesBeforeWhatFindsNone() {
    try (Db db = open(Options.builder().memory(64 << 20).build())) {
      Keyspace asked = db.keyspace("asked");
      Keyspace cleared = db.keyspace("cleared");
      addTable(db, asked, 100);
      addTable(db, asked, 100);
      addTable(db, cleared, 10);
      store.faulty.failFromNth(
          Fault.NO_SPACE,
          1,
          call -> call.kind() == FileCall.Kind.CREATE && SmallStore.isTable(call));
      assertThatThrownBy(() -> asked.compact(KeyRange.all()))
          .isInstanceOf(OutOfSpaceException.class);
      cleared.deleteRange(KeyRange.all());
      for (int i = 0; i < 20; i++) {
        store.clock.advance(1_000_000_000);
        store.background.runAll();
      }
      assertThat(cleared.view().levels().tables()[0]).isEmpty();
      store.faulty.heal();
      asked.compact(KeyRange.all());
      assertThat(asked.view().levels().tables()[0]).isEmpty();
    }
  }

  /// All of a group have waited as long as the first of them: they do not wait one by one again.
  @Test
  void theWritesOfAGroupWaitTogether() {
    ManualClock clock = new ManualClock();
    Background background =
        new WrappedBackground() {
          private final Background tasks = new ManualBackground(clock);

          @Override
          public Background tasks() {
            return tasks;
          }

          @Override
          public void pause(long nanos) {
            clock.advance(nanos);
          }
        };
    Options options = Options.builder().memory(1 << 20).stallLimit(STALL_MILLIS).build();
    try (Db db =
        SmallStore.builder(new MemoryFileSystem())
            .background(background)
            .clock(clock)
            .options(options)
            .open()) {
      assertThat(millisUntilRefused(db, clock)).isGreaterThanOrEqualTo(STALL_MILLIS);
      assertThat(millisUntilRefused(db, clock)).isLessThan(STALL_MILLIS / 10);
      db.put(bytes("key"), VALUE); // by another leader
      assertThat(millisUntilRefused(db, clock)).isGreaterThanOrEqualTo(STALL_MILLIS);
    }
  }

  private static long millisUntilRefused(Db db, ManualClock clock) {
    Maintenance maintenance = Inside.get(db, "maintenance", Maintenance.class);
    BooleanSupplier never = () -> false;
    long before = clock.nanos();
    assertThatThrownBy(() -> maintenance.await(100, never)).isInstanceOf(StalledException.class);
    return (clock.nanos() - before) / 1_000_000;
  }
}
