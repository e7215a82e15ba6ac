package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// One execution of [PowerCuts].
final class Cuts {
  /// After so many cycles an empty store takes the place of the old one.
  private static final int CYCLES_PER_STORE = 15;

  private static final int STEPS_MAX = 800;

  /// How long a process lives on, at most, without a disk.
  private static final long LINGER_NANOS = 10_000_000;

  private final String name;
  private final int cycles;
  private final long seed;
  private final Path scratch;
  private final PowerDisk disk;
  private final Starter starter;
  private final SplittableRandom random;
  private final Inspection inspection;
  private final Map<Phase, Integer> cutsByPhase = new EnumMap<>(Phase.class);
  private final Map<Report.Kind, Long> reported = new EnumMap<>(Report.Kind.class);

  private Auditor auditor;
  private long acknowledged;
  private long openNanos = 100_000_000;
  private long closeNanos = 5_000_000;

  /// Starts the process that writes to a store, and has it print to a file.
  @FunctionalInterface
  interface Starter {
    Child start(Path store, Path errors) throws IOException;
  }

  Cuts(String name, int cycles, long seed, Scratch scratch, PowerDisk disk, Starter starter) {
    this.name = name;
    this.cycles = cycles;
    this.seed = seed;
    this.scratch = scratch.directory();
    this.disk = disk;
    this.starter = starter;
    this.random = new SplittableRandom(seed);
    this.inspection = new Inspection(scratch.resolve("copy"));
    this.auditor = new Auditor(seed, disk.keepsPower());
  }

  String run() throws IOException, InterruptedException {
    Progress progress = new Progress(name);
    Child next = start(0);
    try {
      for (int cycle = 0; cycle < cycles; cycle++) {
        Child child = next;
        cut(child, cycle);
        // Starts while this one's store is looked at.
        next = start(cycle + 1);
        inspect(child, cycle);
        progress.show(cycle + 1 + " of " + cycles + " cycles, 0 violations");
      }
    } finally {
      next.close();
    }
    acknowledged += auditor.acknowledged();
    return "%d cycles, %d changes there of %d acknowledged steps, %d flushes, %d merges, cut while %s; %d torn tails; 0 violations, seed %d, %s"
        .formatted(
            cycles,
            acknowledged,
            count(Report.Kind.DURABLE) + count(Report.Kind.ACKNOWLEDGED),
            count(Report.Kind.FLUSHED),
            count(Report.Kind.MERGED),
            cutsByPhase.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ")),
            inspection.tornTails(),
            seed,
            progress.seconds());
  }

  private long count(Report.Kind kind) {
    return reported.getOrDefault(kind, 0L);
  }

  private Child start(int cycle) throws IOException {
    return starter.start(store(cycle), printed(cycle));
  }

  private Path store(int cycle) {
    return disk.root().resolve("store" + cycle / CYCLES_PER_STORE);
  }

  private Path printed(int cycle) {
    return scratch.resolve("printed" + cycle);
  }

  private void cut(Child child, int cycle) throws IOException, InterruptedException {
    disk.arm();
    try (child) {
      child.begin(random.nextLong(), auditor.seed(), auditor.positions());
      child.await(Moment.draw(random, openNanos, closeNanos, STEPS_MAX));
      Phase phase = child.phase();
      if (phase == Phase.FAILED && !disk.mayFail()) {
        throw new Violation(
            "cycle %d: a call failed while the disk was well: see %s"
                .formatted(cycle, printed(cycle)));
      }
      disk.cut(random);
      LockSupport.parkNanos(random.nextLong(LINGER_NANOS));
      child.kill();
      cutsByPhase.merge(phase, 1, Integer::sum);
    }
    if (child.phase() == Phase.WRONG) {
      throw new Violation("cycle %d: see %s".formatted(cycle, printed(cycle)));
    }
    openNanos = Math.max(child.nanos(Phase.OPENING), openNanos / 2);
    closeNanos = Math.max(child.nanos(Phase.CLOSING), closeNanos / 2);
    disk.restore();
  }

  private void inspect(Child child, int cycle) throws IOException {
    child.reports().forEach(report -> reported.merge(report.kind(), 1L, Long::sum));
    try {
      inspection.run(store(cycle), auditor, child.reports());
    } catch (Violation violation) {
      throw new Violation("cycle %d: %s".formatted(cycle, violation.getMessage()), violation);
    }
    Files.delete(printed(cycle));
    if (!store(cycle + 1).equals(store(cycle))) {
      acknowledged += auditor.acknowledged();
      auditor = new Auditor(seed + cycle, disk.keepsPower());
      Scratch.delete(store(cycle));
    }
  }
}
