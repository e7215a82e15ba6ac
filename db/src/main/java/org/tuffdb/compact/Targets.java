package org.tuffdb.compact;

/// How large the levels should be. The last one is as large as it is, and each one above it smaller
/// by the ratio, up to the *base level*, which is small enough to merge level 0 into it:
///
/// ```
/// level 0   ▪▪▪▪      merged into the base level
/// level 4   ▬▬        base level: at most the base size
/// level 5   ▬▬▬▬▬▬
/// level 6   ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬
/// ```
///
/// So nine tenths of the data are always in the last level, whatever the amount, and what the
/// levels above it hold twice is at most a ninth. Levels above the base level should be empty;
/// while one is not, since there was more data before, it is the one that level 0 is merged into:
/// newer entries must not go below older ones.
final class Targets {
  private final long[] bytes;
  private final int baseLevel;

  private Targets(long[] bytes, int baseLevel) {
    this.bytes = bytes;
    this.baseLevel = baseLevel;
  }

  static Targets of(Shape shape, CompactionOptions options) {
    int last = shape.lastLevel();
    long[] bytes = new long[last + 1];
    int highestUsed = last;
    for (int level = last; level >= 1; level--) {
      bytes[last] = Math.max(bytes[last], shape.sizeBytes(level));
      highestUsed = shape.level(level).isEmpty() ? highestUsed : level;
    }
    int base = last;
    while (base > 1 && bytes[base] > options.baseBytes()) {
      bytes[base - 1] = bytes[base] / options.ratio();
      base--;
    }
    return new Targets(bytes, Math.min(base, highestUsed));
  }

  /// Where level 0 is merged into.
  int baseLevel() {
    return baseLevel;
  }

  long bytes(int level) {
    return bytes[level];
  }
}
