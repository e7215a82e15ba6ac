package org.tuffdb.crash;

import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.Snapshot;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// Random work on a store, and at every call that changes the file system a look at what a power
/// cut at that very moment could leave behind. Each such state is opened and compared with the
/// history. While it is being opened the power fails again, at calls drawn at random, and once more
/// while that is being opened; and once it is open, what was read of it must survive another cut.
///
/// At each call a reader, too, looks at the running store: what it sees must survive.
final class CrashCampaign {
  /// With such values a memtable is full after some writes, and flushed without being asked.
  private static final int LARGE_VALUE_BYTES = 24_000;

  private static final int LARGE_VALUES_ONE_IN = 3;

  /// How deep recoveries are interrupted by further power cuts.
  private static final int DEPTH_MAX = 2;

  /// One in so many calls of a recovery is cut.
  private static final int RECOVERY_CUT_ONE_IN = 12;

  /// Before one in so many calls the kernel writes some of what waits for a sync.
  private static final int WRITTEN_BACK_ONE_IN = 8;

  /// One in so many states is also read backwards and key by key.
  private static final int READ_IN_ALL_WAYS_ONE_IN = 16;

  private final long seed;
  private final Predicate<String> skippedSyncs;
  private final BooleanSupplier wanted;
  private final SplittableRandom random;
  private final History history;

  /// The writes that were to be synced.
  private final BitSet synced = new BitSet();

  /// What the end of a process must leave: every acknowledged write, however buffered.
  private int kept;

  private long states;
  private boolean ended;
  private @Nullable Db running;
  private @Nullable Throwable violation;

  /// A campaign in which syncs called from one of `skippedSyncs` do nothing. It ends when no
  /// further state is `wanted`, which it asks before each.
  CrashCampaign(long seed, Predicate<String> skippedSyncs, BooleanSupplier wanted) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.history = seed % LARGE_VALUES_ONE_IN == 0 ? new History(LARGE_VALUE_BYTES) : new History();
    this.skippedSyncs = skippedSyncs;
    this.wanted = wanted;
  }

  /// How many crash states were opened and compared.
  long states() {
    return states;
  }

  /// Works through three lives of a store, with `writes` writes each. Throws an `AssertionError`
  /// for the first state that is not as it must be.
  void run(int writes) {
    MemoryFileSystem disk = new MemoryFileSystem();
    for (int life = 0; life < 3 && !ended; life++) {
      MemoryFileSystem current = disk;
      disk.listen(call -> look(current, call));
      try {
        disk = live(current, writes);
      } catch (RuntimeException | AssertionError failed) {
        keep(failed);
      }
      if (violation != null) {
        throw new AssertionError(
            "seed %d, life %d, state %d".formatted(seed, life, states), violation);
      }
    }
  }

  /// One life, from opening to closing, being killed, or a power cut; returns what it leaves
  /// behind.
  private MemoryFileSystem live(MemoryFileSystem disk, int writes) {
    ManualClock clock = new ManualClock();
    ManualBackground background = new ManualBackground(clock);
    Db db = Stores.open(faulty(disk), random.nextLong(), background, clock);
    int last = history.requirePrefix(db);
    if (last < kept) {
      throw new AssertionError(
          "the end of a process lost the writes from %d to %d".formatted(last + 1, kept));
    }
    history.rewindTo(last);
    history.mustSurvive(last);
    running = db;
    for (int i = 0; i < writes && violation == null && !ended; i++) {
      write(db);
      clock.advance(random.nextLong(30_000_000));
      for (int tasks = random.nextInt(3); tasks > 0; tasks--) {
        background.runOne();
      }
      maintain(db);
    }
    return end(db, disk);
  }

  /// Now and then somebody asks for what the background does by itself.
  private void maintain(Db db) {
    switch (random.nextInt(24)) {
      case 0, 1 -> {
        db.flush();
        history.mustSurvive(history.written());
      }
      case 2 -> db.compact(KeyRange.all());
      case 3 -> db.settle();
      default -> {}
    }
  }

  private void write(Db db) {
    Durability durability = History.drawDurability(random);
    Batch batch = history.next(random);
    int index = history.written();
    synced.set(index, durability == Durability.SYNC);
    db.write(batch, durability);
    if (durability == Durability.SYNC) {
      history.mustSurvive(index);
    } else if (random.nextInt(6) == 0) {
      db.sync();
      history.mustSurvive(index);
    }
  }

  private MemoryFileSystem end(Db db, MemoryFileSystem disk) {
    running = null;
    kept = 0;
    int way = random.nextInt(3);
    if (way == 0) {
      return disk.crash(random.nextLong());
    }
    kept = history.written();
    if (way == 1) {
      db.close();
      disk.assertNothingOpen();
      history.mustSurvive(kept);
    }
    return disk.restart();
  }

  private FaultyFileSystem faulty(MemoryFileSystem disk) {
    FaultyFileSystem faulty = new FaultyFileSystem(disk);
    faulty.skipSyncs(skippedSyncs);
    return faulty;
  }

  /// The power fails before `call`.
  private void look(MemoryFileSystem disk, FileCall call) {
    if (!call.kind().changes() || violation != null || ended) {
      return;
    }
    try {
      read();
      if (random.nextInt(WRITTEN_BACK_ONE_IN) == 0) {
        disk.writeBack(random.nextLong());
      }
      recover(disk.crash(CrashChoice.loseAll()), history.copy(), 1);
      recover(disk.crash(CrashChoice.keepAll()), history.copy(), 1);
      recover(disk.crash(random.nextLong()), history.copy(), 1);
      recover(disk.crash(random.nextLong()), history.copy(), 1);
    } catch (RuntimeException | AssertionError failed) {
      keep(new AssertionError("power cut before " + call.index() + " " + call, failed));
    }
  }

  /// What a reader sees in the middle of whatever is going on must survive. Of buffered writes only
  /// a durable snapshot promises that; but a synced write brings all before it along.
  private void read() {
    if (running == null) {
      return;
    }
    history.mustSurvive(Math.max(0, synced.previousSetBit(History.shown(running))));
    try (Snapshot snapshot = running.durableSnapshot()) {
      history.mustSurvive(History.shown(snapshot));
    }
  }

  /// Opens what a power cut has left behind.
  private void recover(MemoryFileSystem left, History known, int depth) {
    ended |= !wanted.getAsBoolean();
    if (ended) {
      return;
    }
    states++;
    if (depth <= DEPTH_MAX) {
      left.listen(call -> lookAtRecovery(left, known, call, depth));
    }
    try (Db db = Stores.open(faulty(left), random.nextLong())) {
      left.listen(null);
      int last = known.requirePrefix(db);
      if (random.nextInt(READ_IN_ALL_WAYS_ONE_IN) == 0) {
        known.requireInAllWays(last, db);
      }
      if (depth == 1) {
        known.rewindTo(last);
        known.mustSurvive(last);
        recover(left.crash(random.nextLong()), known, DEPTH_MAX + 1);
      }
    }
    left.assertNothingOpen();
  }

  private void lookAtRecovery(MemoryFileSystem left, History known, FileCall call, int depth) {
    if (!call.kind().changes() || violation != null || random.nextInt(RECOVERY_CUT_ONE_IN) != 0) {
      return;
    }
    try {
      recover(left.crash(random.nextLong()), known.copy(), depth + 1);
    } catch (RuntimeException | AssertionError failed) {
      keep(new AssertionError("again before " + call.index() + " " + call, failed));
    }
  }

  private void keep(Throwable failed) {
    if (violation == null) {
      violation = failed;
    }
  }
}
