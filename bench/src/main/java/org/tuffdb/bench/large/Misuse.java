package org.tuffdb.bench.large;

/// The command was called in a way that makes no sense.
final class Misuse extends RuntimeException {
  private static final long serialVersionUID = 1;

  Misuse(String message) {
    super(message);
  }
}
