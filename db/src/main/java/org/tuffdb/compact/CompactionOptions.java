package org.tuffdb.compact;

import java.util.Set;

/// The numbers that picking and compaction go by.
///
/// @param levels how many levels there are, level 0 included
/// @param level0Tables with how many tables level 0 is merged into the next level
/// @param baseBytes the largest size of the first level below 0; where the last level is not
///   larger, it is that level
/// @param ratio how many times larger a level is than the one above it
/// @param tableBytes the size at which a table is ended
/// @param grandparentBytes with how much of the level below its own a table may overlap: that is
///   what merging it will cost
/// @param tombstoneShare in a table that is dense in tombstones, at least one of so many entries is
///   one
/// @param compressedLevels the levels whose tables are compressed
public record CompactionOptions(
    int levels,
    int level0Tables,
    long baseBytes,
    int ratio,
    long tableBytes,
    long grandparentBytes,
    int tombstoneShare,
    Set<Integer> compressedLevels) {
  public CompactionOptions {
    require(levels >= 2, "there must be a level below 0");
    require(level0Tables >= 1 && tombstoneShare >= 1, "a share or count is below 1");
    require(baseBytes >= 1 && tableBytes >= 1 && grandparentBytes >= 1, "a size is below 1");
    require(ratio >= 2, "a level must be larger than the one above it");
    compressedLevels = Set.copyOf(compressedLevels);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  boolean isCompressed(int level) {
    return compressedLevels.contains(level);
  }
}
