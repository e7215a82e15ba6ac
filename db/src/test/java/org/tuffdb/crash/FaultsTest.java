package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.error.DbException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// Each call to the file system that a workload makes fails once in each way that it can.
///
/// Whatever fails, a read is right, an acknowledged write is never lost, a refused one never seen,
/// and the store either goes on or has clearly stopped taking writes. Nothing is refused but for
/// the fault. One life in three ends with the process, so that faults hit recovery, too.
class FaultsTest {
  private static final int CALLS = Integer.getInteger("tuffdb.faultCalls", 2_000);
  private static final long SEED = Long.getLong("tuffdb.seed", 1);

  @Test
  void everyCallFailsInEachWay() {
    long begun = System.nanoTime();
    LongAdder runs = new LongAdder();
    LongAdder latched = new LongAdder();
    Arrays.stream(Fault.values())
        .parallel()
        .forEach(fault -> {
          for (long nth = 1; ; nth++) {
            Run run = new Run(fault, nth);
            run.check();
            if (!run.hasFailed()) {
              break;
            }
            runs.increment();
            latched.add(run.isLatched() ? 1 : 0);
          }
        });
    System.out.printf(
        "faults: %,d runs of %,d calls, each with another call failing; %,d stopped writing;"
            + " violations: 0, seed %d, %.1f s%n",
        runs.sum(), CALLS, latched.sum(), SEED, (System.nanoTime() - begun) / 1e9);
    assertThat(runs.sum()).isGreaterThan(CALLS);
  }

  /// One run of the workload in which one call fails.
  private static final class Run {
    private static final int WRITES_PER_LIFE = 25;

    /// A flush that found the disk full is tried again some writes later; those that come before,
    /// and need the memory that it is to free, are refused.
    private static final int REFUSED_FOR_SPACE_MAX = 50;

    /// The power is cut before each of so many calls that change files, from the fault on, and
    /// before a few of all that follow.
    private static final int CUTS_NEAR = 12;

    private static final int CUT_ONE_IN = 48;

    /// Before one in so many of these cuts the kernel writes some of what waits for a sync.
    private static final int WRITTEN_BACK_ONE_IN = 3;

    private final Fault fault;
    private final long nth;
    private final SplittableRandom random = new SplittableRandom(SEED);

    /// What happens beside the workload, which it is to leave as it is.
    private final SplittableRandom aside;

    private final History history = new History();
    private MemoryFileSystem disk = new MemoryFileSystem();
    private FaultyFileSystem faulty = new FaultyFileSystem(disk);
    private long calls;

    /// How many of the calls could fail in this way.
    private long failable;

    /// How many calls have changed files since one failed.
    private long changes;

    /// What the running store shows: every acknowledged write.
    private int acknowledged;

    private boolean latched;

    /// How many writes were refused one after the other.
    private int refusedForSpace;

    private @Nullable Throwable violation;

    Run(Fault fault, long nth) {
      this.fault = fault;
      this.nth = nth;
      this.aside = new SplittableRandom(SEED + 31 * nth);
      begin(disk);
    }

    /// A process begins to use the files; the calls of those before count, too.
    private void begin(MemoryFileSystem left) {
      disk = left;
      faulty = new FaultyFileSystem(left);
      faulty.listen(this::take);
      if (!hasFailed()) {
        faulty.failNth(fault, nth - failable);
      }
    }

    private void take(FileCall call) {
      calls++;
      boolean failedBefore = hasFailed();
      failable += fault.appliesTo(call.kind()) ? 1 : 0;
      if (failedBefore && call.kind().changes() && violation == null) {
        look(call);
      }
    }

    /// The power may fail before `call`.
    private void look(FileCall call) {
      changes++;
      if (changes > CUTS_NEAR && aside.nextInt(CUT_ONE_IN) > 0) {
        return;
      }
      if (aside.nextInt(WRITTEN_BACK_ONE_IN) == 0) {
        disk.writeBack(aside.nextLong());
      }
      try {
        reopen(disk.crash(aside.nextLong()), history.copy());
      } catch (RuntimeException | AssertionError failed) {
        violation = new AssertionError("power cut before " + call, failed);
      }
    }

    boolean hasFailed() {
      return failable >= nth;
    }

    boolean isLatched() {
      return latched;
    }

    void check() {
      try {
        while (calls < CALLS && !latched && violation == null) {
          live();
        }
        afterwards();
      } catch (RuntimeException | AssertionError failed) {
        violation = violation == null ? failed : violation;
      }
      if (violation != null) {
        throw new AssertionError("seed %d: %s at call %d".formatted(SEED, fault, nth), violation);
      }
    }

    /// From opening to closing, or to the end of the process. A store that could not be opened can
    /// be opened by the next try.
    private void live() {
      ManualClock clock = new ManualClock();
      ManualBackground background = new ManualBackground(clock);
      long before = faulty.faults();
      Db opened;
      try {
        opened = Stores.open(faulty, random.nextLong(), background, clock);
      } catch (DbException refused) {
        requireFault(before, refused);
        disk.assertNothingOpen();
        return;
      }
      Db db = opened;
      assertThat(reading(() -> history.requirePrefix(db))).isEqualTo(acknowledged);
      history.mustSurvive(acknowledged);
      for (int i = 0; i < WRITES_PER_LIFE && calls < CALLS; i++) {
        write(db);
        clock.advance(random.nextLong(30_000_000));
        for (int tasks = random.nextInt(3); tasks > 0; tasks--) {
          background.runOne();
        }
        assertThat(reading(() -> History.shown(db))).isEqualTo(acknowledged);
      }
      if (random.nextInt(3) == 0 && !latched) {
        kill(db);
      } else {
        close(db);
      }
    }

    /// Nothing is refused for no reason.
    private void requireFault(long before, DbException refused) {
      if (faulty.faults() == before) {
        throw refused;
      }
    }

    /// A read whose own call fails says so; asked again, it is right.
    private int reading(IntSupplier read) {
      long before = faulty.faults();
      try {
        return read.getAsInt();
      } catch (DbException failed) {
        requireFault(before, failed);
        return read.getAsInt();
      }
    }

    private void write(Db db) {
      Durability durability = History.drawDurability(random);
      long before = faulty.faults();
      try {
        db.write(history.next(random), durability);
        acknowledged = history.written();
        refusedForSpace = 0;
        if (durability == Durability.SYNC) {
          history.mustSurvive(acknowledged);
        }
        assertThat(latched).as("a store that stopped writing accepted a write").isFalse();
      } catch (OutcomeUnknownException unknown) {
        requireFault(before, unknown);
        assertThat(db.stats().writable()).isFalse();
        assertThat(latched).as("a store that stopped writing tried a write").isFalse();
        latched = true;
      } catch (DbException refused) {
        history.refuseLast();
        latched |= !db.stats().writable();
        boolean waitsForSpace =
            refused instanceof OutOfSpaceException && refusedForSpace++ < REFUSED_FOR_SPACE_MAX;
        if (!latched && !waitsForSpace) {
          requireFault(before, refused);
        }
      }
    }

    private void close(Db db) {
      boolean whole = db.stats().writable();
      long before = faulty.faults();
      try {
        db.close();
        if (whole) {
          history.mustSurvive(acknowledged);
        }
      } catch (DbException unfinished) {
        if (whole) {
          requireFault(before, unfinished);
        }
        latched = true;
      }
      disk.assertNothingOpen();
    }

    /// The process ends in the middle of its work, and another one begins.
    private void kill(Db db) {
      MemoryFileSystem left = disk.restart();
      faulty.heal();
      faulty.listen(null);
      // Of the old files alone: it has memory to give back.
      db.close();
      begin(left);
    }

    /// What is found by the next process, and after a power cut, now or while that one is running.
    private void afterwards() {
      MemoryFileSystem killed = disk.restart();
      History seen = history.copy();
      seen.mustSurvive(acknowledged);
      reopen(killed, seen);
      reopen(disk.crash(random.nextLong()), history.copy());
      reopen(disk.crash(CrashChoice.loseAll()), history.copy());
    }

    /// What is read of `left` must still be there after a power cut.
    private static void reopen(MemoryFileSystem left, History known) {
      int last;
      try (Db db = Stores.open(left, 1)) {
        last = known.requirePrefix(db);
        known.mustSurvive(last);
        try (Db again = Stores.open(left.crash(CrashChoice.loseAll()), 2)) {
          known.requirePrefix(again);
        }
      }
      left.assertNothingOpen();
    }
  }
}
