package org.tuffdb.torture;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Has the stack, the heap, the memory outside of the heap or that of a container be short at any
/// point of what a process does with a store. Each call does what it should, or throws; a step that
/// threw is there whole, or not at all; what is read is right; and the store goes on, or refuses
/// to. In the end the process is killed, or has closed the store, and another one opens it.
final class Memory implements Campaign {
  private static final int RUNS = 6;

  /// A process acknowledges more steps than that, unless there is little for it to have.
  private static final int STEPS_MAX = 200;

  /// So many are made before there is any want.
  private static final int STEPS_MIN = 260;

  private static final String JVM_WARNING = "VM warning: ";

  private static final List<Shortage> SHORTAGES =
      List.of(
          Shortage.STACK,
          Shortage.HEAP,
          Shortage.OFF_HEAP,
          Shortage.STACK,
          Shortage.HEAP,
          Shortage.CONTAINER);

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String summary() {
    return "stacks that overflow, and memory that runs out (--runs, " + RUNS + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    try (Scratch scratch = Scratch.create(name())) {
      return scratch.keepIfFailed(Bug.NONE, () -> new Course(settings, scratch).run());
    }
  }

  /// One execution of the campaign.
  private final class Course {
    private final Settings settings;
    private final Path store;
    private final Path printed;
    private final SplittableRandom random;
    private final Inspection inspection;
    private final Map<Mishap, Long> mishaps = new EnumMap<>(Mishap.class);
    private final Map<Shortage, Integer> runsByShortage = new EnumMap<>(Shortage.class);
    private long acknowledged;
    private String missing = "";

    Course(Settings settings, Scratch scratch) {
      this.settings = settings;
      this.store = scratch.resolve("store");
      this.printed = scratch.resolve("printed");
      this.random = new SplittableRandom(settings.seed());
      this.inspection = new Inspection(scratch.resolve("copy"));
    }

    String run() throws IOException, InterruptedException, CannotRun {
      Progress progress = new Progress(name());
      int runs = settings.runs().orElse(RUNS);
      for (int run = 0; run < runs; run++) {
        Shortage shortage = SHORTAGES.get(run % SHORTAGES.size());
        try {
          run(shortage, random.split());
        } catch (Violation violation) {
          throw new Violation(
              "run %d, short of %s: %s".formatted(run, shortage, violation.getMessage()),
              violation);
        } catch (CannotRun notHere) {
          if (CannotRun.isFailure()) {
            throw notHere;
          }
          missing = "; SKIPPED " + shortage + ": " + notHere.getMessage();
        }
        progress.show(run + 1 + " of " + runs + " runs, 0 violations");
      }
      if (mishaps.isEmpty()) {
        throw new IllegalStateException(
            "nothing ran out in " + runs + " runs, so nothing was tried");
      }
      return "%d runs (%s%s), %d steps acknowledged; %s; 0 violations, seed %d, %s"
          .formatted(
              runs,
              runsByShortage.entrySet().stream()
                  .map(e -> e.getValue() + " short of " + e.getKey())
                  .collect(Collectors.joining(", ")),
              missing,
              acknowledged,
              Stream.of(Mishap.values())
                  .map(mishap -> mishap.text(mishaps.getOrDefault(mishap, 0L)))
                  .collect(Collectors.joining(", ")),
              settings.seed(),
              progress.seconds());
    }

    private void run(Shortage shortage, SplittableRandom drawn)
        throws IOException, InterruptedException, CannotRun {
      if (shortage != Shortage.CONTAINER) {
        run(shortage, List.of(), drawn);
        return;
      }
      try (Container container = Container.create(Shortage.CONTAINER_BYTES)) {
        run(shortage, container.launcher(), drawn);
        if (container.killed() > 0) {
          throw new Violation("the kernel ended a process that had all it needs");
        }
      }
    }

    private void run(Shortage shortage, List<String> launcher, SplittableRandom drawn)
        throws IOException, InterruptedException {
      Auditor auditor = new Auditor(shortage.work(drawn.nextLong()), true);
      Child child = start(shortage, launcher, drawn);
      try (child) {
        child.begin(drawn.nextLong(), auditor.seed(), auditor.positions());
        child.await(moment(drawn));
        child.kill();
      }
      if (child.phase() == Phase.WRONG || child.phase() == Phase.FAILED) {
        throw new Violation(said() + ": see " + printed);
      }
      count(shortage, child.reports());
      inspection.run(store, auditor, child.reports());
      Scratch.delete(store);
      Files.delete(printed);
    }

    /// What the process found, in short. The JVM may have had warnings before.
    private String said() throws IOException {
      try (Stream<String> lines = Files.lines(printed)) {
        return lines
            .filter(line -> line.contains(": ") && !line.contains(JVM_WARNING))
            .findFirst()
            .orElse("a call failed");
      }
    }

    private Child start(Shortage shortage, List<String> launcher, SplittableRandom drawn)
        throws IOException {
      return Child.start(
          StarvedProcess.class,
          Redirect.to(printed.toFile()),
          launcher,
          shortage.jvmOptions(drawn),
          store.toString(),
          shortage.name());
    }

    /// When it has been through all, or earlier.
    private static Moment moment(SplittableRandom drawn) {
      int steps = drawn.nextInt(3) > 0 ? Integer.MAX_VALUE : STEPS_MIN + drawn.nextInt(STEPS_MAX);
      return new Moment(Phase.IDLE, 1, 0, steps);
    }

    private void count(Shortage shortage, List<Report> reports) {
      runsByShortage.merge(shortage, 1, Integer::sum);
      for (Report report : reports) {
        if (report.kind() == Report.Kind.MISHAP) {
          mishaps.merge(Mishap.of(report.number()), 1L, Long::sum);
        }
        acknowledged += report.kind().isAcknowledgement() ? 1 : 0;
      }
    }
  }
}
