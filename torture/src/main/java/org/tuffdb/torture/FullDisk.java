package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.Options;

/// Has a file system become full at every 4 KiB of what a load with flushes, compactions and
/// openings needs. Whatever is refused is refused whole, all else stays readable, and when there is
/// room again the same store goes on.
final class FullDisk implements Campaign {
  private static final long KIB = 1024;
  private static final int PADDING_MAX = 400;
  private static final long STEP_BYTES = 4 * KIB;

  private final int megabytes;
  private final int runs;
  private final int steps;
  private final int scale;
  private final Bug bug;

  /// @param runs how many amounts of room are tried, of all there are
  /// @param steps how many steps the load has
  /// @param scale how many times larger than the smallest its values, memtables and files are
  private FullDisk(int megabytes, int runs, int steps, int scale, Bug bug) {
    this.megabytes = megabytes;
    this.runs = runs;
    this.steps = steps;
    this.scale = scale;
    this.bug = bug;
  }

  static FullDisk small(Bug bug) {
    return new FullDisk(8, Integer.MAX_VALUE, 2_500, 1, bug);
  }

  static FullDisk large(Bug bug) {
    return new FullDisk(64, 60, 6_000, 16, bug);
  }

  @Override
  public String name() {
    return "full-" + megabytes;
  }

  @Override
  public String summary() {
    return "a full disk of " + megabytes + " MiB at every 4 KiB (--runs at most)";
  }

  @Override
  public String run(Settings settings) throws Exception {
    DiskKind.EXT4.require();
    try (Scratch scratch = Scratch.createInMemory(name());
        LoopDisk disk = LoopDisk.create(scratch, DiskKind.EXT4, (long) megabytes << 20)) {
      return scratch.keepIfFailed(bug, () -> run(settings, disk.root(), scratch.resolve("copy")));
    }
  }

  private String run(Settings settings, Path root, Path copy) throws IOException {
    Progress progress = new Progress(name());
    try (Filler filler = Filler.create(root)) {
      Filling.Figures figures = new Filling.Figures();
      SplittableRandom random = new SplittableRandom(settings.seed());
      long needed = fill(filler, root, copy, random, filler.fullBytes(), figures);
      List<Long> levels = levels(needed, settings.runs().orElse(runs), random);
      for (int i = 0; i < levels.size(); i++) {
        fill(filler, root, copy, random, levels.get(i), figures);
        progress.show(i + 1 + " of " + levels.size() + " amounts of room, 0 violations");
      }
      return "%d amounts of room up to %d KiB, %s, 0 violations, seed %d, %s"
          .formatted(
              levels.size(), needed >> 10, figures.text(), settings.seed(), progress.seconds());
    }
  }

  /// Returns how much room was used.
  private long fill(
      Filler filler,
      Path root,
      Path copy,
      SplittableRandom random,
      long bytes,
      Filling.Figures figures)
      throws IOException {
    Path store = root.resolve("store");
    Scratch.delete(store);
    filler.leave(bytes);
    Work work = new Work(random.nextLong(), PADDING_MAX * scale);
    Filling filling = new Filling(store, copy, options(), bug, steps, work, figures, filler);
    try {
      filling.run();
    } catch (Violation violation) {
      throw new Violation(
          "with %d KiB of room: %s".formatted(bytes >> 10, violation.getMessage()), violation);
    }
    return filling.usedBytes();
  }

  private static List<Long> levels(long needed, int runs, SplittableRandom random) {
    List<Long> levels = new ArrayList<>();
    for (long level = 0; level <= needed; level += STEP_BYTES) {
      levels.add(level);
    }
    while (levels.size() > runs) {
      levels.remove(random.nextInt(levels.size()));
    }
    return levels;
  }

  private Options options() {
    return Options.builder()
        .memory(KIB * scale * 1024)
        .memtable(KIB * scale * 48)
        .logFile(KIB * scale * 64)
        .table(KIB * scale * 64)
        .baseLevel(KIB * scale * 128)
        .level0Tables(2)
        .block(1 << 10)
        .stallLimit(20)
        .build();
  }
}
