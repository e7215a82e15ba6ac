package org.tuffdb.event;

/// Something that happened in a store.
public sealed interface Event {
  /// A snapshot or cursor was never closed; `openedAt` holds the place that opened it.
  record LeakFound(String what, Throwable openedAt) implements Event {}
}
