package org.tuffdb.event;

/// Is told what happens in a store.
@FunctionalInterface
public interface Listener {
  /// Is called on the thread that `event` happened on, which may be in the middle of a commit:
  /// return soon, and do not use the store. What this throws is ignored.
  void on(Event event);

  /// Does nothing.
  static Listener none() {
    return event -> {};
  }
}
