package org.tuffdb;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;

/// The latch that ends writing. Once it is unknown what the disk holds, nothing more may be built
/// on it: the first cause is kept, each later write is refused with it, and only opening the store
/// anew, which copies what it finds, clears it.
///
/// Neither latching nor reporting throws, not even where there is no memory for the event, or where
/// the stack ends in it: those who call it have writes to end and others to wake.
final class Failure {
  private final Listener listener;
  private volatile @Nullable Throwable first;

  Failure(Listener listener) {
    this.listener = listener;
  }

  void latch(Throwable cause) {
    synchronized (this) {
      if (first != null) {
        return;
      }
      first = cause;
    }
    try {
      listener.on(new Event.Failed(cause));
    } catch (OutOfMemoryError | StackOverflowError untold) {
      // Each later write tells of it.
    }
  }

  /// Something after whose failure it is unknown what the disk holds.
  interface Step {
    void run() throws IOException;
  }

  /// Runs a step, and latches whatever it throws.
  void latching(Step step) throws IOException {
    try {
      step.run();
    } catch (Throwable unknown) {
      latch(unknown);
      throw unknown;
    }
  }

  /// Reports what went wrong beside the writes, and stops nothing.
  void report(Throwable cause) {
    try {
      listener.on(new Event.HousekeepingFailed(cause));
    } catch (OutOfMemoryError | StackOverflowError untold) {
      // It is tried again, and told of, when there is room for it.
    }
  }

  boolean isLatched() {
    return first != null;
  }

  /// Refuses to go on after a failure.
  void check() {
    Throwable cause = first;
    if (cause != null) {
      throw new ReadOnlyException(
          "the store takes no more writes since a failure: close and open it again ("
              + (cause.getMessage() == null ? cause : cause.getMessage())
              + ")",
          cause);
    }
  }
}
