package org.tuffdb.workload;

import java.util.random.RandomGenerator;

/// Draws ranks of which the lower ones come up more often, as YCSB does: by the method of Gray et
/// al., "Quickly generating billion-record synthetic databases" (1994).
final class Zipf {
  private static final double THETA = 0.99;
  private static final double ALPHA = 1 / (1 - THETA);

  private final RandomGenerator random;
  private final int count;
  private final double zeta;
  private final double eta;

  /// @param count of the ranks, which begin with 0
  Zipf(int count, RandomGenerator random) {
    this.random = random;
    this.count = count;
    this.zeta = zeta(count);
    this.eta = (1 - Math.pow(2.0 / count, 1 - THETA)) / (1 - zeta(2) / zeta);
  }

  private static double zeta(int count) {
    double sum = 0;
    for (int i = 1; i <= count; i++) {
      sum += Math.pow(i, -THETA);
    }
    return sum;
  }

  int rank() {
    double drawn = random.nextDouble();
    if (drawn * zeta < 1) {
      return 0;
    }
    if (drawn * zeta < 1 + Math.pow(0.5, THETA)) {
      return 1;
    }
    return Math.min(count - 1, (int) (count * Math.pow(eta * drawn - eta + 1, ALPHA)));
  }
}
