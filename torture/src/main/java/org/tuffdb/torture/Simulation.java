package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A test of the engine that simulates what a machine can do, as a campaign: with another seed each
/// time, and as large as one likes.
///
/// @param method as `Class#method`
/// @param sizeProperty the system property that says how large the test is; empty if none does
/// @param size how large it is, if nobody says otherwise
record Simulation(String name, String summary, String method, String sizeProperty, int size)
    implements Campaign {
  /// Which system property the seed goes to.
  private static final String SEED_PROPERTY = "tuffdb.seed";

  static final Simulation CRASH_STATES =
      new Simulation(
          "crash-states",
          "a simulated disk loses power at every call and in every way, and again in recovery",
          "org.tuffdb.crash.CrashStatesTest#everyStateHoldsWhatWasPromised",
          "tuffdb.crashStates",
          60_000);

  static final Simulation FAULTS =
      new Simulation(
          "faults",
          "each call to a simulated disk fails in every way",
          "org.tuffdb.crash.FaultsTest#everyCallFailsInEachWay",
          "tuffdb.faultCalls",
          800);

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

  /// What the test ended with.
  ///
  /// @param lastLine what it printed last: its figures, or what it found
  record Outcome(boolean isSound, String lastLine) {}

  @Override
  public String summary() {
    return sizeProperty.isEmpty() ? summary : summary + " (--runs, " + size + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    Engine engine = Engine.require();
    int runs = settings.runs().orElse(size);
    Outcome outcome = run(engine.testPath(), runs, settings.seed(), Long.MAX_VALUE);
    if (!outcome.isSound) {
      throw new Violation(outcome.lastLine);
    }
    return outcome.lastLine;
  }

  /// Runs the test in a process of its own.
  ///
  /// @param timeoutNanos after which it counts as one that found something: it hangs
  Outcome run(List<String> path, int runs, long seed, long timeoutNanos)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "-Xmx1g", "-D" + SEED_PROPERTY + "=" + firstSeed(seed)));
    if (!sizeProperty.isEmpty()) {
      command.add("-D" + sizeProperty + "=" + runs);
    }
    command.addAll(List.of("-cp", String.join(":", path), TestMethod.class.getName(), method));
    Cleanup.stopIfEnding();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    AutoCloseable kill = process::destroyForcibly;
    Cleanup.add(kill);
    try {
      return outcome(process, timeoutNanos);
    } finally {
      process.destroyForcibly();
      Cleanup.remove(kill);
    }
  }

  /// A test takes many seeds, from a small one on: those of one campaign are not those of the next.
  private static long firstSeed(long seed) {
    return 1 + Math.floorMod(seed, 1_000_000L) * 1_000;
  }

  private static Outcome outcome(Process process, long timeoutNanos)
      throws IOException, InterruptedException {
    Thread watch = Thread.ofVirtual().start(() -> killAfter(timeoutNanos, process));
    String last = lastLine(process);
    int exit = process.waitFor();
    watch.interrupt();
    return switch (exit) {
      case TestMethod.SOUND -> new Outcome(true, last);
      case TestMethod.FAILED -> new Outcome(false, last);
      case Child.EXIT_KILLED -> new Outcome(false, "it hangs");
      default -> throw new IOException("the test ended with " + exit + ": " + last);
    };
  }

  private static void killAfter(long nanos, Process process) {
    try {
      if (!process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException ended) {
      // There is nothing to kill any more.
    }
  }

  private static String lastLine(Process process) throws IOException {
    String last = "";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        last = line.isBlank() ? last : line.strip();
      }
    }
    return last;
  }
}
