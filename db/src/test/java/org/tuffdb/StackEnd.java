package org.tuffdb;

import org.jspecify.annotations.Nullable;

/// Calls something where the thread's stack is about to end.
///
/// It goes down until the stack overflows, and makes the call on the way back, so that it need know
/// neither how large the stack is nor how much of it a frame takes.
final class StackEnd {
  private final int framesLeft;
  private final Runnable action;
  private @Nullable Throwable thrown;

  private StackEnd(int framesLeft, Runnable action) {
    this.framesLeft = framesLeft;
    this.action = action;
  }

  /// Runs `action` with room for so many small frames, and returns what it throws.
  static @Nullable Throwable call(int framesLeft, Runnable action) {
    StackEnd end = new StackEnd(framesLeft, action);
    int _ = end.dive();
    return end.thrown;
  }

  /// Returns how many frames there was room for beneath this one.
  @SuppressWarnings("InfiniteRecursion") // that is the point
  private int dive() {
    int below;
    try {
      below = dive() + 1;
    } catch (StackOverflowError end) {
      below = 0;
    }
    if (below == framesLeft) {
      act();
    }
    return below;
  }

  private void act() {
    try {
      action.run();
    } catch (Throwable failure) {
      thrown = failure;
    }
  }
}
