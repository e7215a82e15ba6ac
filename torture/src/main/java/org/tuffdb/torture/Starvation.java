package org.tuffdb.torture;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Has calls lack what this process is to be short of, at points that are left to chance.
final class Starvation {
  /// So many calls are made of one that has another amount of memory left to it.
  private static final int CALLS_PER_AMOUNT = 8;

  /// Most calls need less than a power of two of these, so that small ones are drawn more often.
  private static final int FRAMES_BITS_MAX = 10;

  private static final int BYTES_BITS_MAX = 18;

  private final Shortage shortage;
  private final SplittableRandom random;
  private final Ballast ballast = new Ballast();
  private volatile boolean arisen;
  private int calls;

  Starvation(Shortage shortage, SplittableRandom random) {
    this.shortage = shortage;
    this.random = random;
  }

  /// From now on there is want.
  void arise() {
    arisen = true;
  }

  /// Makes a call on a thread whose stack may end, and returns what it throws.
  @Nullable Throwable call(SplittableRandom drawn, Runnable action) {
    if (arisen && shortage == Shortage.STACK && drawn.nextInt(4) > 0) {
      return StackEnd.call(belowPower(drawn, FRAMES_BITS_MAX), action);
    }
    return callInPlenty(action);
  }

  static @Nullable Throwable callInPlenty(Runnable action) {
    try {
      action.run();
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  /// Has memory be short for all threads, another amount after every few calls. For one of them.
  void press() {
    if (arisen && shortage == Shortage.HEAP && calls++ % CALLS_PER_AMOUNT == 0) {
      ballast.leave(belowPower(random, BYTES_BITS_MAX));
    }
  }

  void relieve() {
    ballast.release();
  }

  private static int belowPower(SplittableRandom random, int bitsMax) {
    return random.nextInt(1 << random.nextInt(4, bitsMax + 1));
  }
}
