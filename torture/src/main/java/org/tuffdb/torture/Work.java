package org.tuffdb.torture;

/// What all [Step]s follow from.
///
/// @param paddingMax how long values are, at most, besides what they say
record Work(long seed, int paddingMax) {
  private static final int SMALL = 400;

  /// With values of some hundred bytes.
  static Work small(long seed) {
    return new Work(seed, SMALL);
  }
}
