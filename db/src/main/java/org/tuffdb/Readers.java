package org.tuffdb;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.tuffdb.fs.Background;

/// Knows when nobody reads any more what was taken out of sight, so that its memory can be given
/// away. Readers never wait: coming and going costs each of them one addition, in a cell that few
/// others use.
///
/// A reader counts itself in one of two *phases*. Whoever has put something out of sight has new
/// readers go to the other phase, and waits until the old one is empty; then the same once more.
/// The second time is for a reader that was held up between looking at the phase and counting
/// itself: it may turn up in the old phase after that was found empty. By then it sees what is in
/// sight now, but the next one to wait must not miss it. (Sleepable RCU works like this: P.
/// McKenney, "Sleepable Read-Copy Update", 2006.)
final class Readers {
  /// Cells lie so far apart that two are never in one cache line.
  private static final int CELL_INTS = 32;

  private static final int CELLS =
      Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());
  private static final int PHASE_INTS = CELLS * CELL_INTS;
  private static final List<Runnable> NONE = List.of();
  private static final long RETRY_NANOS = 1_000_000;

  private final Background background;
  private final Failure failure;
  private final AtomicIntegerArray counts = new AtomicIntegerArray(2 * PHASE_INTS);
  private volatile int phase;

  // Guarded by this.
  private List<Runnable> waiting = new ArrayList<>();
  private List<Runnable> underWay = NONE;
  private int phasesToEmpty;
  private boolean retrying;

  Readers(Background background, Failure failure) {
    this.background = background;
    this.failure = failure;
  }

  /// Begins to read. What the reader finds in sight from now on stays whole until it calls
  /// [#exit(int)] with what this returned.
  int enter() {
    int cell =
        phase * PHASE_INTS + ((int) Thread.currentThread().threadId() & (CELLS - 1)) * CELL_INTS;
    counts.getAndIncrement(cell);
    return cell;
  }

  void exit(int ticket) {
    counts.getAndDecrement(ticket);
  }

  /// Runs `action` once all who read now have finished: at once, or soon on a thread of the
  /// background. Where there is no memory to note it, or no stack, what it would let go of stays
  /// for good, and the store takes no more writes.
  void whenQuiet(Runnable action) {
    try {
      synchronized (this) {
        waiting.add(action);
      }
    } catch (OutOfMemoryError | StackOverflowError forgotten) {
      failure.latch(forgotten);
      return;
    }
    try {
      advance();
    } catch (OutOfMemoryError | StackOverflowError later) {
      failure.report(later);
      boolean _ = retryLater();
    }
  }

  /// Goes on as far as the readers allow; returns whether nothing is waited for any more.
  boolean advance() {
    for (List<Runnable> ready = takeReady(); !ready.isEmpty(); ready = takeReady()) {
      for (int i = 0; i < ready.size(); i++) { // an iterator would take memory
        run(ready.get(i));
      }
    }
    return retryLater();
  }

  /// Each on its own: another one's trouble must not keep anything in place for ever.
  private void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error broken) {
      failure.report(broken);
    }
  }

  private synchronized List<Runnable> takeReady() {
    if (underWay.isEmpty()) {
      if (waiting.isEmpty()) {
        return NONE;
      }
      List<Runnable> next = new ArrayList<>(); // first of all: there may be no memory for it
      underWay = waiting;
      waiting = next;
      phasesToEmpty = 2;
      phase = 1 - phase;
    }
    while (isEmpty(1 - phase)) {
      if (--phasesToEmpty == 0) {
        List<Runnable> ready = underWay;
        underWay = NONE;
        return ready;
      }
      phase = 1 - phase;
    }
    return List.of();
  }

  private synchronized boolean retryLater() {
    if (underWay.isEmpty() && waiting.isEmpty()) {
      return true;
    }
    if (!retrying) {
      try {
        background.executeAfter(Background.Lane.FLUSH, RETRY_NANOS, this::retry);
        retrying = true;
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError refused) {
        // Whoever comes next asks again.
        failure.report(refused);
      }
    }
    return false;
  }

  private void retry() {
    synchronized (this) {
      retrying = false;
    }
    advance();
  }

  private boolean isEmpty(int ofPhase) {
    for (int cell = 0; cell < CELLS; cell++) {
      if (counts.get(ofPhase * PHASE_INTS + cell * CELL_INTS) != 0) {
        return false;
      }
    }
    return true;
  }
}
