package org.tuffdb.torture;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// What [LostSync] does on one disk.
final class Lies {
  /// So many steps a process makes, at most, while it waits for the lie.
  private static final int STEPS_UNTIL_LIE_MAX = 4_000;

  /// And so many when it serves what the one before has left.
  private static final int STEPS_SERVED_MAX = 300;

  /// Up to which sync of a kind of file the disk may be well.
  private static final int SYNCS_MAX = 6;

  /// How long a process lives on, at most, after the lie.
  private static final long LINGER_NANOS = 10_000_000;

  private final NbdDisk disk;
  private final Scratch scratch;
  private final Bug bug;
  private final SplittableRandom random;
  private final Figures figures;
  private final Inspection inspection;

  /// What was done in all.
  static final class Figures {
    private int stores;
    private int failures;
    private int served;
    private int cutAtOnce;
    private final Map<DiskKind, Integer> stopped = new EnumMap<>(DiskKind.class);
    private long changes;

    String text() {
      return "%d stores, of which %d saw a sync fail, %d were served before the power cut, %d lost it at once and %s stood on a disk that took no more writes; %d changes there"
          .formatted(stores, failures, served, cutAtOnce, stoppedText(), changes);
    }

    private String stoppedText() {
      return stopped.isEmpty()
          ? "none"
          : stopped.entrySet().stream()
              .map(each -> each.getValue() + " of " + each.getKey().label())
              .collect(Collectors.joining(", "));
    }
  }

  Lies(NbdDisk disk, Scratch scratch, Bug bug, SplittableRandom random, Figures figures) {
    this.disk = disk;
    this.scratch = scratch;
    this.bug = bug;
    this.random = random;
    this.figures = figures;
    this.inspection = new Inspection(scratch.resolve("copy"));
  }

  /// Makes a store at `place`, and lies about a file of it. Returns the figures so far.
  String tell(FileKind file, String place) throws IOException, InterruptedException {
    Path store = disk.root().resolve(place);
    Lie lie = new Lie(file, 1 + random.nextInt(SYNCS_MAX), disk.switchFile());
    Auditor auditor = new Auditor(random.nextLong(), false);
    List<Report> told;
    try (Child child = start(store, scratch.resolve(place + "-told"), lie.arguments())) {
      child.begin(random.nextLong(), auditor.seed(), auditor.positions());
      await(child, STEPS_UNTIL_LIE_MAX);
      figures.failures += child.phase() == Phase.FAILED ? 1 : 0;
      LockSupport.parkNanos(random.nextLong(LINGER_NANOS));
      told = end(child, place + "-told");
    }
    if (takesFiles()) {
      inspection.run(store, auditor, told);
    }
    boolean atOnce = random.nextBoolean();
    List<Report> served = List.of();
    if (atOnce) {
      disk.cut(random);
    } else {
      served = serve(store, auditor, place + "-served");
    }
    disk.restore();
    figures.stores++;
    if (served.isEmpty()) {
      // Nobody opened it, or could. Then what was read above was served to nobody either.
      count(atOnce);
      auditor = new Auditor(auditor.seed(), false);
      inspection.run(store, auditor, told);
    } else {
      figures.served++;
      inspection.run(store, auditor, served);
    }
    figures.changes += auditor.acknowledged();
    Scratch.delete(store);
    return figures.text();
  }

  /// Has another process go on with what the first one has left, until the power is cut. Returns
  /// what it told; nothing if it could not open the store.
  private List<Report> serve(Path store, Auditor auditor, String errors)
      throws IOException, InterruptedException {
    try (Child child = start(store, scratch.resolve(errors), List.of())) {
      child.begin(random.nextLong(), auditor.seed(), auditor.positions());
      await(child, 1 + random.nextInt(STEPS_SERVED_MAX));
      requireFailedByRight(child, errors);
      disk.cut(random);
      return end(child, errors);
    }
  }

  private void count(boolean atOnce) {
    if (atOnce) {
      figures.cutAtOnce++;
    } else {
      figures.stopped.merge(disk.kind(), 1, Integer::sum);
    }
  }

  private Child start(Path store, Path errors, List<String> lie) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(store.toString(), bug.name()));
    arguments.addAll(lie);
    return Child.start(
        Worker.class, Redirect.to(errors.toFile()), List.of(), arguments.toArray(String[]::new));
  }

  private static void await(Child child, int steps) throws InterruptedException {
    child.await(new Moment(Phase.CLOSING, Integer.MAX_VALUE, 0, steps));
  }

  private List<Report> end(Child child, String errors) throws IOException, InterruptedException {
    child.kill();
    if (child.phase() == Phase.WRONG) {
      throw new Violation("see " + scratch.resolve(errors));
    }
    return child.reports();
  }

  /// Whoever comes after the failure may fail only where the file system has stopped.
  private void requireFailedByRight(Child child, String errors) {
    if (child.phase() == Phase.FAILED && isWellAgain()) {
      throw new Violation(
          "a call failed, although the disk was well again: see " + scratch.resolve(errors));
    }
  }

  /// Whether the file system goes on after the failure. Some stop at once, or let nobody write any
  /// more. It is not asked for a sync, which could bring to the disk what the store did not.
  private boolean takesFiles() {
    try {
      Files.delete(Files.createFile(disk.root().resolve("probe")));
      return true;
    } catch (IOException stopped) {
      return false;
    }
  }

  /// The same, when it does not matter any more what comes to the disk.
  private boolean isWellAgain() {
    Path probe = disk.root().resolve("probe");
    try (FileChannel file =
        FileChannel.open(
            probe,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      file.write(ByteBuffer.wrap(new byte[] {1}));
      file.force(true);
      return true;
    } catch (IOException stopped) {
      return false;
    }
  }
}
