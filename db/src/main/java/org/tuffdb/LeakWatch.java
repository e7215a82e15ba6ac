package org.tuffdb;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;

/// Counts the snapshots or the cursors that are open, and reports each that the garbage collector
/// finds unclosed, with the place that opened it if that was noted. What it held is let go in
/// either case.
///
/// To note the place takes longer than a short scan. So it is done for the first ones, which shows
/// a single one that was forgotten, and then for one in many, which shows a habit.
final class LeakWatch {
  private static final int NOTED_FIRST = 256;
  private static final int NOTED_ONE_IN = 64;

  private static final Cleaner CLEANER = Cleaner.create();

  private final String what;
  private final Listener listener;
  private final AtomicInteger open = new AtomicInteger();

  /// How many there have been, roughly: two threads may count one at the same time.
  private long openedBefore;

  LeakWatch(String what, Listener listener) {
    this.what = what;
    this.listener = listener;
  }

  int openCount() {
    return open.get();
  }

  /// Watches `opened` until [Watched#close()] is called. Then, or when it was forgotten, `release`
  /// runs, which must not refer to it.
  Watched watch(Object opened, Runnable release) {
    open.incrementAndGet();
    long number = openedBefore++;
    boolean noted = number < NOTED_FIRST || number % NOTED_ONE_IN == 0;
    Throwable place = noted ? new Throwable(what + " opened here") : null;
    Watched watched = new Watched(this, place, release);
    watched.registration = CLEANER.register(opened, watched);
    return watched;
  }

  /// The state of one that is watched; it must not refer to it.
  static final class Watched implements Runnable {
    private final LeakWatch watch;
    private final @Nullable Throwable openedAt;
    private final Runnable release;
    private Cleaner.@Nullable Cleanable registration;
    private volatile boolean closed;

    private Watched(LeakWatch watch, @Nullable Throwable openedAt, Runnable release) {
      this.watch = watch;
      this.openedAt = openedAt;
      this.release = release;
    }

    boolean isClosed() {
      return closed;
    }

    /// Ends the watch, once.
    void close() {
      if (!closed) {
        closed = true;
        if (registration != null) {
          registration.clean();
        }
      }
    }

    /// Runs once, on [#close()] or when the object was collected.
    @Override
    public void run() {
      watch.open.decrementAndGet();
      release.run();
      if (!closed) {
        watch.listener.on(new Event.LeakFound(watch.what, openedAt));
      }
    }
  }
}
