package org.tuffdb;

import org.jspecify.annotations.Nullable;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;

/// The latch that ends writing. Once it is unknown what the disk holds, nothing more may be built
/// on it: the first cause is kept, each later write is refused with it, and only opening the store
/// anew, which copies what it finds, clears it.
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
    listener.on(new Event.Failed(cause));
  }

  /// Reports what went wrong beside the writes, and stops nothing.
  void report(Throwable cause) {
    listener.on(new Event.HousekeepingFailed(cause));
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
