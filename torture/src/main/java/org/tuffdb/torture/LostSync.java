package org.tuffdb.torture;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// The sync that lied: the disk fails under the sync of a log, a table, a manifest or the
/// directory, and is well again. The process sees it and ends; the next one finds everything in the
/// kernel's memory, and serves it; then the power is cut, of some before anybody serves them: an
/// opening may mend what it has not seen. Whatever was acknowledged or served is there afterwards.
final class LostSync implements Campaign {
  private static final int ROUNDS = 1;

  private final List<DiskKind> disks;
  private final List<FileKind> files;
  private final Bug bug;

  private LostSync(List<DiskKind> disks, List<FileKind> files, Bug bug) {
    this.disks = disks;
    this.files = files;
    this.bug = bug;
  }

  static LostSync everywhere() {
    return new LostSync(List.of(DiskKind.values()), List.of(FileKind.values()), Bug.NONE);
  }

  static LostSync of(DiskKind disk, FileKind file, Bug bug) {
    return new LostSync(List.of(disk), List.of(file), bug);
  }

  @Override
  public String name() {
    return "lost-sync";
  }

  @Override
  public String summary() {
    return "failed syncs of every file on every file system, then power cuts (--runs, "
        + ROUNDS
        + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    NbdDisk.require();
    for (DiskKind kind : disks) {
      kind.require();
    }
    Progress progress = new Progress(name());
    Lies.Figures figures = new Lies.Figures();
    SplittableRandom random = new SplittableRandom(settings.seed());
    for (DiskKind kind : disks) {
      try (Scratch scratch = Scratch.createInMemory(name());
          NbdDisk disk = NbdDisk.create(scratch, kind)) {
        Lies lies = new Lies(disk, scratch, bug, random, figures);
        for (int round = 0; round < settings.runs().orElse(ROUNDS); round++) {
          for (FileKind file : files) {
            String place = kind.label() + "-" + file.name().toLowerCase(Locale.ROOT) + "-" + round;
            String text = scratch.keepIfFailed(bug, () -> lies.tell(file, place));
            progress.show(place + ": " + text + ", 0 violations");
          }
        }
      }
    }
    return "%s, 0 violations, seed %d, %s"
        .formatted(figures.text(), settings.seed(), progress.seconds());
  }
}
