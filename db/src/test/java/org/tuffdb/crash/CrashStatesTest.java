package org.tuffdb.crash;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The store is opened in 200,000 states that power cuts may leave behind.
class CrashStatesTest {
  private static final long STATES = Long.getLong("tuffdb.crashStates", 200_000);
  private static final long FIRST_SEED = Long.getLong("tuffdb.seed", 1);
  private static final int WRITES = 15;

  @Test
  void everyStateHoldsWhatWasPromised() {
    long begun = System.nanoTime();
    AtomicLong states = new AtomicLong();
    AtomicLong seeds = new AtomicLong(FIRST_SEED);
    IntStream.range(0, Runtime.getRuntime().availableProcessors())
        .parallel()
        .forEach(_ -> {
          while (states.get() < STATES) {
            CrashCampaign campaign =
                new CrashCampaign(
                    seeds.getAndIncrement(),
                    callSite -> false,
                    () -> states.getAndIncrement() < STATES);
            campaign.run(WRITES);
          }
        });
    System.out.printf(
        "crash states: %,d, violations: 0, seeds %d to %d, %.1f s%n",
        Math.min(states.get(), STATES),
        FIRST_SEED,
        seeds.get() - 1,
        (System.nanoTime() - begun) / 1e9);
  }
}
