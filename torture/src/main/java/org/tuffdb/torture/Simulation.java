package org.tuffdb.torture;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A test of the engine that simulates what a machine can do, as a campaign: with another seed each
/// time, and as large as one likes.
///
/// @param method as `Class#method`
/// @param sizeProperty the system property that says how large the test is; empty if none does
/// @param size how large it is, if nobody says otherwise
record Simulation(String name, String summary, String method, String sizeProperty, int size)
    implements Campaign {
  /// Which system property the seed goes to.
  static final String SEED_PROPERTY = "tuffdb.seed";

  static final Simulation CRASH_STATES =
      new Simulation(
          "crash-states",
          "a simulated disk loses power at every call and in every way, and again in recovery",
          "org.tuffdb.crash.CrashStatesTest#everyStateHoldsWhatWasPromised",
          "tuffdb.crashStates",
          30_000);

  static final Simulation FAULTS =
      new Simulation(
          "faults",
          "each call to a simulated disk fails in every way",
          "org.tuffdb.crash.FaultsTest#everyCallFailsInEachWay",
          "tuffdb.faultCalls",
          600);

  static final Simulation MODEL =
      new Simulation(
          "model",
          "random work compared with sorted maps, with crashes, killed processes and snapshots",
          "org.tuffdb.ModelTest#theStoreAnswersLikeASortedMap",
          "tuffdb.modelSeeds",
          60);

  static final Simulation DAMAGE =
      new Simulation(
          "damage",
          "every place of every file of a store is damaged",
          "org.tuffdb.crash.DamageTest#aStoreThatWasClosed",
          "",
          1);

  static final List<Simulation> ALL = List.of(CRASH_STATES, FAULTS, MODEL, DAMAGE);

  @Override
  public String summary() {
    return sizeProperty.isEmpty() ? summary : summary + " (--runs, " + size + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    Engine engine = Engine.require();
    int runs = settings.runs().orElse(size);
    return run(engine.testPath(), runs, settings.seed(), Long.MAX_VALUE).requireSound();
  }

  /// Runs the test in a process of its own.
  ///
  /// @param timeoutNanos after which it is killed
  TestProcess.Outcome run(List<String> path, int runs, long seed, long timeoutNanos)
      throws IOException, InterruptedException {
    Map<String, String> properties = new TreeMap<>();
    properties.put(SEED_PROPERTY, String.valueOf(firstSeed(seed)));
    if (!sizeProperty.isEmpty()) {
      properties.put(sizeProperty, String.valueOf(runs));
    }
    return new TestProcess(path, method, properties).run(timeoutNanos);
  }

  /// A test takes many seeds, from a small one on: those of one campaign are not those of the next.
  private static long firstSeed(long seed) {
    return 1 + Math.floorMod(seed, 1_000_000L) * 1_000;
  }
}
