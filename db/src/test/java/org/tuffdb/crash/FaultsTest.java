package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.error.DbException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// Each call to the file system that a workload makes fails once in each way that it can.
///
/// Whatever fails, a read is right, an acknowledged write is never lost, a refused one never seen,
/// and the store either goes on or has clearly stopped taking writes.
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
    private final Fault fault;
    private final long nth;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final FaultyFileSystem faulty = new FaultyFileSystem(disk);
    private final History history = new History();

    /// What the running store shows: every acknowledged write.
    private int acknowledged;

    private boolean latched;

    Run(Fault fault, long nth) {
      this.fault = fault;
      this.nth = nth;
      faulty.failNth(fault, nth);
    }

    boolean hasFailed() {
      return faulty.faults() > 0;
    }

    boolean isLatched() {
      return latched;
    }

    void check() {
      try {
        while (faulty.calls() < CALLS && !latched) {
          live();
        }
        afterwards();
      } catch (RuntimeException | AssertionError failed) {
        throw new AssertionError("seed %d: %s at call %d".formatted(SEED, fault, nth), failed);
      }
    }

    /// From opening to closing. A store that could not be opened can be opened by the next try.
    private void live() {
      ManualClock clock = new ManualClock();
      ManualBackground background = new ManualBackground(clock);
      Db opened;
      try {
        opened = Stores.open(faulty, random.nextLong(), background, clock);
      } catch (DbException refused) {
        disk.assertNothingOpen();
        return;
      }
      Db db = opened;
      assertThat(reading(() -> history.requirePrefix(db))).isEqualTo(acknowledged);
      history.mustSurvive(acknowledged);
      for (int i = 0; i < 60 && faulty.calls() < CALLS; i++) {
        write(db);
        clock.advance(random.nextLong(30_000_000));
        for (int tasks = random.nextInt(3); tasks > 0; tasks--) {
          background.runOne();
        }
        assertThat(reading(() -> History.shown(db))).isEqualTo(acknowledged);
      }
      close(db);
    }

    /// A read whose own call fails says so; asked again, it is right.
    private int reading(IntSupplier read) {
      long before = faulty.faults();
      try {
        return read.getAsInt();
      } catch (DbException failed) {
        if (faulty.faults() == before) {
          throw failed;
        }
        return read.getAsInt();
      }
    }

    private void write(Db db) {
      Durability durability = History.drawDurability(random);
      try {
        db.write(history.next(random), durability);
        acknowledged = history.written();
        if (durability == Durability.SYNC) {
          history.mustSurvive(acknowledged);
        }
        assertThat(latched).as("a store that stopped writing accepted a write").isFalse();
      } catch (OutcomeUnknownException unknown) {
        assertThat(db.stats().writable()).isFalse();
        assertThat(latched).as("a store that stopped writing tried a write").isFalse();
        latched = true;
      } catch (DbException refused) {
        history.refuseLast();
        latched |= !db.stats().writable();
      }
    }

    private void close(Db db) {
      boolean whole = db.stats().writable();
      try {
        db.close();
        if (whole) {
          history.mustSurvive(acknowledged);
        }
      } catch (DbException unfinished) {
        latched = true;
      }
      disk.assertNothingOpen();
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
