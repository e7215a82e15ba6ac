package org.tuffdb.torture;

import java.util.SplittableRandom;

/// When a [Victim] is killed: so many nanoseconds after a phase was begun for the `occurrence`th
/// time, or, if that is earlier, when it has acknowledged so many steps.
record Moment(Phase phase, int occurrence, long nanos, int steps) {
  private static final int NEVER = Integer.MAX_VALUE;

  /// A moment in the middle of writing, more often than not, within the first `stepsMax` steps; or
  /// in an opening or a closing, which took `openNanos` and `closeNanos` before.
  static Moment draw(SplittableRandom random, long openNanos, long closeNanos, int stepsMax) {
    return switch (random.nextInt(8)) {
      case 0 -> new Moment(Phase.OPENING, 1, within(random, openNanos), NEVER);
      case 1 -> new Moment(Phase.OPENING, 2, within(random, openNanos), NEVER);
      case 2 -> new Moment(Phase.CLOSING, 1, within(random, closeNanos), NEVER);
      default -> new Moment(Phase.CLOSING, NEVER, 0, 1 + random.nextInt(stepsMax));
    };
  }

  /// A phase may have taken no time, as far as is known.
  private static long within(SplittableRandom random, long nanos) {
    return random.nextLong(Math.max(1, nanos));
  }
}
