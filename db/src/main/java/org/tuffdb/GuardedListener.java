package org.tuffdb;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;

/// Tells the listener of a store, which must not be able to stop a commit by what it throws, nor
/// wait for its own thread by what it calls.
final class GuardedListener implements Listener {
  private final Listener listener;

  /// Those who are telling the listener something, if their flag is set. Mostly empty.
  private final Map<Thread, boolean[]> telling = new ConcurrentHashMap<>();

  private GuardedListener(Listener listener) {
    this.listener = listener;
  }

  static GuardedListener of(Listener listener) {
    return listener instanceof GuardedListener guarded ? guarded : new GuardedListener(listener);
  }

  @Override
  public void on(Event event) {
    try {
      Thread thread = Thread.currentThread();
      boolean[] isInside = telling.computeIfAbsent(thread, _ -> new boolean[1]);
      if (isInside[0]) {
        listener.on(event);
      } else {
        tell(event, thread, isInside);
      }
    } catch (Throwable ignored) {
      // See Listener.
    }
  }

  private void tell(Event event, Thread thread, boolean[] isInside) {
    isInside[0] = true;
    try {
      listener.on(event);
    } finally {
      isInside[0] = false; // without a call: there may be no stack for one
      telling.remove(thread);
    }
  }

  /// @throws IllegalStateException if the listener calls
  void requireOutside() {
    if (telling.isEmpty()) {
      return;
    }
    boolean[] isInside = telling.get(Thread.currentThread());
    if (isInside != null && isInside[0]) {
      throw new IllegalStateException(
          "a listener must not write to its store, nor close it: have another thread do that");
    }
  }
}
