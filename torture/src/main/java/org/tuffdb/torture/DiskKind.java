package org.tuffdb.torture;

import java.io.File;
import java.util.Arrays;
import java.util.Locale;

/// A kind of file system that campaigns make in an image.
enum DiskKind {
  /// No room is set aside for root, as whom the campaigns run.
  EXT4(64 << 20, "mkfs.ext4", "-F", "-m0"),
  /// It refuses to be smaller than 300 MB.
  XFS(400 << 20, "mkfs.xfs", "-f", "-q"),
  BTRFS(256 << 20, "mkfs.btrfs", "-f", "-q");

  private final long sizeBytes;
  private final String maker;

  /// What makes it overwrite what is there.
  private final String force;

  private final String option;

  DiskKind(long sizeBytes, String maker, String force, String option) {
    this.sizeBytes = sizeBytes;
    this.maker = maker;
    this.force = force;
    this.option = option;
  }

  /// How large an image of it usually is.
  long sizeBytes() {
    return sizeBytes;
  }

  /// Its name on command lines.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The command that makes one in `target`.
  String[] maker(String target) {
    return new String[] {maker, force, option, target};
  }

  /// @throws CannotRun if it cannot be made or mounted here
  void require() throws CannotRun {
    Command.requireRoot();
    Command.require(maker, "mount", "umount", "truncate", "losetup");
    if (Arrays.stream(new File("/dev").list()).noneMatch("loop-control"::equals)) {
      throw new CannotRun("there are no loop devices");
    }
  }
}
