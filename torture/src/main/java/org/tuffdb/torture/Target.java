package org.tuffdb.torture;

import java.util.concurrent.atomic.AtomicReference;

/// Keeps account of whether a thread must find itself interrupted, so that a call that swallows the
/// interrupt is noticed. The storm may strike at any time but in the short while in which the
/// thread looks.
final class Target {
  private enum State {
    CALM,
    STRIKING,
    STRUCK,
    LOOKING
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.CALM);

  /// Interrupts `thread`, whose target this is. Returns false if it is looking.
  boolean interrupt(Thread thread) {
    State before = state.get();
    if (before == State.LOOKING || !state.compareAndSet(before, State.STRIKING)) {
      return false;
    }
    thread.interrupt();
    state.set(State.STRUCK);
    return true;
  }

  /// Checks that the current thread's interrupt status is what it was made, and clears it if so
  /// wanted.
  void check(boolean clear) {
    State before = look();
    boolean expected = before == State.STRUCK;
    boolean found = Thread.currentThread().isInterrupted();
    if (expected && clear) {
      Thread.interrupted();
    }
    state.set(clear ? State.CALM : before);
    if (expected != found) {
      throw new Violation(
          expected ? "a call swallowed the interrupt" : "a call made an interrupt of its own");
    }
  }

  private State look() {
    while (true) {
      State before = state.get();
      if (before != State.STRIKING && state.compareAndSet(before, State.LOOKING)) {
        return before;
      }
      Thread.onSpinWait();
    }
  }
}
