package org.tuffdb.torture;

import java.util.concurrent.CompletableFuture;

/// Hands a store to many threads while one closes it beneath them and opens it anew. A session is
/// the time from one opening to its closing.
final class Sessions<S> {
  private volatile CompletableFuture<S> current = new CompletableFuture<>();

  void begin(S session) {
    current.complete(session);
  }

  /// To be called before the store is closed.
  void end() {
    current = new CompletableFuture<>();
  }

  /// There will be no more: whoever waits for one, or will, gets an exception.
  void giveUp() {
    current.completeExceptionally(new IllegalStateException("there are no more sessions"));
  }

  /// Waits until there is a session. An interrupt does not end this, and is kept.
  S await() {
    return current.join();
  }

  /// Whether the store of `session` has been closed, or will be now.
  boolean isOver(S session) {
    CompletableFuture<S> now = current;
    return !now.isDone() || !now.join().equals(session);
  }
}
