package org.tuffdb.crash;

import org.junit.jupiter.api.Test;

/// The store is opened in at least 100,000 states that power cuts may leave behind.
class CrashStatesTest {
  private static final long STATES = Long.getLong("tuffdb.crashStates", 100_000);
  private static final long FIRST_SEED = Long.getLong("tuffdb.seed", 1);
  private static final int WRITES = 25;

  @Test
  void everyStateHoldsWhatWasPromised() {
    long begun = System.nanoTime();
    long states = 0;
    long seed = FIRST_SEED;
    while (states < STATES) {
      CrashCampaign campaign = new CrashCampaign(seed++, callSite -> false);
      campaign.run(WRITES);
      states += campaign.states();
    }
    System.out.printf(
        "crash states: %,d, violations: 0, seeds %d to %d, %.1f s%n",
        states, FIRST_SEED, seed - 1, (System.nanoTime() - begun) / 1e9);
  }
}
