package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.fs.Clock;

/// The clocks of a machine that sleeps for months, and whose owner sets the time of day now and
/// then. The one that never goes back begins shortly before its numbers run out.
final class JumpingClock implements Clock {
  private static final int LIVES = 6;
  private static final int WRITES_MAX = 400;

  private static final int JUMPS_ONE_IN = 100;
  private static final int JUMPS_MAX = 100;
  private static final long JUMP_NANOS_MAX = TimeUnit.DAYS.toNanos(365);
  private static final long BEFORE_THE_END_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SplittableRandom random;
  private final long begunNanos = System.nanoTime();
  private long jumpedNanos;
  private int jumps;

  private JumpingClock(SplittableRandom random) {
    this.random = random;
  }

  static void run(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("store");
    int written = 0;
    for (int life = 0; life < LIVES; life++) {
      Clock clock = new JumpingClock(random.split());
      try (Db db = Db.builder(store).options(Worker.options()).clock(clock).open()) {
        Tenant.read(db, written, written);
        for (int turn = 0; turn < 4; turn++) {
          int more = 1 + random.nextInt(WRITES_MAX);
          Tenant.write(db, written, written + more);
          written += more;
          keep(db, random.nextInt(4));
          Tenant.read(db, written, written);
        }
      }
    }
    Places.inspect(store, written, written);
  }

  private static void keep(Db db, int what) {
    switch (what) {
      case 0 -> db.flush();
      case 1 -> db.compact(KeyRange.all());
      case 2 -> db.settle();
      default -> db.stats();
    }
  }

  @Override
  public synchronized long nanos() {
    if (jumps < JUMPS_MAX && random.nextInt(JUMPS_ONE_IN) == 0) {
      jumps++;
      jumpedNanos += random.nextLong(JUMP_NANOS_MAX);
    }
    return Long.MAX_VALUE - BEFORE_THE_END_NANOS + System.nanoTime() - begunNanos + jumpedNanos;
  }

  @Override
  public synchronized long epochMillis() {
    return random.nextLong();
  }
}
