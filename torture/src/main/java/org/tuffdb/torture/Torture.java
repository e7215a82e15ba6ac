package org.tuffdb.torture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// The command line: runs the campaigns that are named, or all.
///
/// Exits with 0 if the store kept all promises, 1 if not, 2 if the command is wrong.
final class Torture {
  private static final int SOAK_MINUTES = 60;

  /// Most of them wait now and then: for a disk, a mount, or a JVM to start.
  private static final int AT_ONCE = 2;

  private static final List<Campaign> CAMPAIGNS =
      List.of(
          new Kill(),
          new Interrupts(),
          PowerCuts.byShutdown(DiskKind.EXT4, Bug.NONE),
          PowerCuts.byShutdown(DiskKind.XFS, Bug.NONE),
          PowerCuts.ofVolatileDisk(DiskKind.EXT4, Bug.NONE),
          PowerCuts.ofVolatileDisk(DiskKind.XFS, Bug.NONE),
          PowerCuts.ofVolatileDisk(DiskKind.BTRFS, Bug.NONE),
          LostSync.everywhere(),
          new FailingCalls(Bug.NONE),
          FullDisk.small(Bug.NONE),
          FullDisk.large(Bug.NONE),
          new Histories(),
          Simulation.CRASH_STATES,
          Simulation.FAULTS,
          Simulation.MODEL,
          Simulation.DAMAGE,
          OpenEnded.STRUCTURES,
          OpenEnded.FUZZ,
          new Places(),
          new Memory(),
          new KnownBugs());

  /// How long all campaigns together are repeated, in minutes; 0 for once.
  private int minutes;

  private final List<Campaign> chosen = new ArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger skipped = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private OptionalInt runs = OptionalInt.empty();
  private OptionalInt seconds = OptionalInt.empty();
  private Optional<Path> input = Optional.empty();
  private long seed = RandomGenerator.getDefault().nextLong(1_000_000);

  private Torture() {}

  public static void main(String[] args) {
    if (List.of(args).contains("--help")) {
      System.out.println(usage());
      return;
    }
    Torture torture = new Torture();
    try {
      torture.read(args);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage() + System.lineSeparator() + usage());
      System.exit(2);
    }
    System.exit(torture.run() ? 0 : 1);
  }

  private void read(String[] args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--runs" -> runs = OptionalInt.of(positive(args, ++i));
        case "--seconds" -> seconds = OptionalInt.of(positive(args, ++i));
        case "--minutes" -> minutes = positive(args, ++i);
        case "--input" -> input = Optional.of(Path.of(argument(args, ++i)));
        case "--seed" -> seed = Long.parseLong(argument(args, ++i));
        case "standard" -> chosen.addAll(CAMPAIGNS);
        case "soak" -> {
          chosen.addAll(CAMPAIGNS);
          minutes = minutes == 0 ? SOAK_MINUTES : minutes;
        }
        default -> chosen.add(campaign(args[i]));
      }
    }
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException("which campaign?");
    }
  }

  /// Runs what was chosen once, or with one seed after the other until the time is over.
  private boolean run() {
    long begunNanos = System.nanoTime();
    long end = begunNanos + TimeUnit.MINUTES.toNanos(minutes);
    try (ExecutorService lanes = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < AT_ONCE; i++) {
        lanes.execute(() -> runNext(end));
      }
    }
    System.out.printf(
        "%d campaigns run, %d failed, %d SKIPPED, seeds from %d on, %d s%n",
        ended.get() - skipped.get(),
        failed.get(),
        skipped.get(),
        seed,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos));
    return failed.get() == 0;
  }

  /// Runs one after the other of those that nobody else runs.
  private void runNext(long endNanos) {
    for (int run = begun.getAndIncrement();
        run < chosen.size() || (minutes > 0 && System.nanoTime() < endNanos);
        run = begun.getAndIncrement()) {
      Campaign campaign = chosen.get(run % chosen.size());
      Settings settings = new Settings(runs, seconds, seed + run / chosen.size(), input);
      if (!run(campaign, settings)) {
        failed.incrementAndGet();
      }
      ended.incrementAndGet();
    }
  }

  private boolean run(Campaign campaign, Settings settings) {
    try {
      System.out.println(campaign.name() + ": " + campaign.run(settings));
      return true;
    } catch (CannotRun missing) {
      System.out.println(campaign.name() + ": SKIPPED: " + missing.getMessage());
      skipped.incrementAndGet();
      return !CannotRun.isFailure();
    } catch (Exception | Error failure) {
      failure.printStackTrace();
      System.out.printf(
          "%s: FAILED: %s%nagain: torture/run %s%s%n",
          campaign.name(), failure.getMessage(), campaign.name(), settings.arguments());
      return false;
    }
  }

  private static Campaign campaign(String name) {
    return CAMPAIGNS.stream()
        .filter(campaign -> campaign.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no campaign " + name));
  }

  private static int positive(String[] args, int index) {
    int number = Integer.parseInt(argument(args, index));
    if (number <= 0) {
      throw new IllegalArgumentException(args[index - 1] + " needs a number from 1 on");
    }
    return number;
  }

  private static String argument(String[] args, int index) {
    if (index == args.length) {
      throw new IllegalArgumentException("something must follow " + args[index - 1]);
    }
    return args[index];
  }

  private static String usage() {
    StringBuilder usage =
        new StringBuilder(
            """
            usage: torture/run standard|soak|CAMPAIGN... [--minutes N] [--runs N] [--seconds N] [--seed S]
                   [--input FILE]
            standard is all campaigns once, two at a time; soak, and --minutes, is again and again, with one seed
            after the other; --input reads again what fuzz has kept. The campaigns:
            """);
    CAMPAIGNS.forEach(
        campaign -> usage.append("  %-15s%s%n".formatted(campaign.name(), campaign.summary())));
    return usage.toString().stripTrailing();
  }
}
