package org.tuffdb.torture;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What threads found that must not be.
final class Findings {
  private final Queue<Violation> found = new ConcurrentLinkedQueue<>();

  void add(String what, Throwable cause) {
    found.add(new Violation(what + ": " + cause, cause));
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /// @throws Violation the first finding, with the others
  void requireNone() {
    Violation first = found.poll();
    if (first != null) {
      found.forEach(first::addSuppressed);
      throw first;
    }
  }
}
