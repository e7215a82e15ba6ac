package org.tuffdb.torture;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.tuffdb.Db;
import org.tuffdb.event.Event;

/// Kills a process that writes to a store, with signal 9, at a random moment, and again while the
/// next one opens what it left behind, until all records are in. A killed process loses nothing
/// that was acknowledged, be it ever so little durable.
///
/// After each kill a copy of the store is opened and checked, so that the next victim finds it as
/// the kill left it.
final class Kill implements Campaign {
  private static final int RUNS = 200;
  private static final int STEPS_MAX = 1_500;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String summary() {
    return "kill -9 of a writing process, again and again (--runs, " + RUNS + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    try (Scratch scratch = Scratch.create(name())) {
      return scratch.keepIfFailed(Bug.NONE, () -> new Course(settings, scratch).run());
    }
  }

  /// One execution of the campaign.
  private static final class Course {
    private final Settings settings;
    private final Path store;
    private final Path copy;
    private final Path inputFile;
    private final Input input;
    private final SplittableRandom random;
    private final Map<Phase, Integer> killsByPhase = new EnumMap<>(Phase.class);

    private Oracle oracle;
    private long acknowledged;
    private long keysMax;
    private int passes;
    private int tornTails;
    private long openNanos = 300_000_000;
    private long closeNanos = 5_000_000;

    Course(Settings settings, Scratch scratch) throws IOException {
      this.settings = settings;
      this.store = scratch.resolve("store");
      this.copy = scratch.resolve("copy");
      this.inputFile = scratch.resolve("input");
      this.input = Input.prepare(inputFile);
      this.random = new SplittableRandom(settings.seed());
      this.oracle = new Oracle(input, scriptSeed());
    }

    String run() throws IOException, InterruptedException {
      long begun = System.nanoTime();
      System.out.printf(
          "kill: %,d records: %,d lines of real input in %d rounds%n",
          input.records(), input.lines(), input.rounds());
      int runs = settings.runs().orElse(RUNS);
      Child next = startChild();
      try {
        for (int run = 1; run <= runs; run++) {
          Child child = next;
          kill(child);
          // Starts while this one's store is checked.
          next = startChild();
          check(child, run);
        }
      } finally {
        next.close();
      }
      acknowledged += oracle.acknowledgedChanges();
      System.out.printf(
          "kill: killed while %s; %d torn tails, %d times all records written, at most %,d keys%n",
          killsByPhase.entrySet().stream()
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining(", ")),
          tornTails,
          passes,
          keysMax);
      return "%d runs, %d acknowledged writes, 0 lost, seed %d, %.0f s"
          .formatted(runs, acknowledged, settings.seed(), (System.nanoTime() - begun) / 1e9);
    }

    private long scriptSeed() {
      return settings.seed() + passes;
    }

    private Child startChild() throws IOException {
      return Child.start(
          Victim.class, Redirect.INHERIT, List.of(), store.toString(), inputFile.toString());
    }

    private void kill(Child child) throws IOException, InterruptedException {
      try (child) {
        child.begin(random.nextLong(), scriptSeed(), oracle.positions());
        child.await(Moment.draw(random, openNanos, closeNanos, STEPS_MAX));
        child.kill();
      }
      killsByPhase.merge(child.phase(), 1, Integer::sum);
      openNanos = Math.max(child.nanos(Phase.OPENING), openNanos / 2);
      closeNanos = Math.max(child.nanos(Phase.CLOSING), closeNanos / 2);
    }

    private void check(Child child, int run) throws IOException {
      Scratch.copy(store, copy);
      try {
        verify(copy, acknowledgedSteps(child));
      } catch (Violation violation) {
        throw new Violation("run %d: %s".formatted(run, violation.getMessage()), violation);
      }
      Scratch.delete(copy);
      if (oracle.isFinished()) {
        startOver();
      }
    }

    private static int[] acknowledgedSteps(Child child) {
      int[] steps = new int[Script.WRITERS];
      child.reports().forEach(report -> steps[report.writer()] = report.number());
      return steps;
    }

    private void verify(Path directory, int[] acknowledgedSteps) {
      try (Db db = Db.builder(directory).options(Victim.options()).listener(this::count).open()) {
        oracle.verify(db, acknowledgedSteps);
      } catch (RuntimeException failure) {
        throw new Violation(failure.toString(), failure);
      }
      keysMax = Math.max(keysMax, oracle.keys());
    }

    private void count(Event event) {
      tornTails += event instanceof Event.TornTailFound ? 1 : 0;
    }

    /// All records are in: checks the store itself once, and begins with an empty one.
    private void startOver() throws IOException {
      verify(store, new int[Script.WRITERS]);
      Scratch.delete(store);
      acknowledged += oracle.acknowledgedChanges();
      passes++;
      oracle = new Oracle(input, scriptSeed());
    }
  }
}
