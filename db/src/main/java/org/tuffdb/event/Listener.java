package org.tuffdb.event;

/// Is told what happens in a store.
@FunctionalInterface
public interface Listener {
  /// Is called on the thread that `event` happened on, which may be in the middle of a commit, and
  /// by several threads at once: return soon, and do not use the store. What writes to it from
  /// here, flushes, compacts or closes it throws [IllegalStateException]: have another thread do
  /// that. What this throws is ignored.
  void on(Event event);

  /// Does nothing.
  static Listener none() {
    return event -> {};
  }
}
