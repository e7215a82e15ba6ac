package org.tuffdb.workload;

/// The store has answered wrongly: what was measured is worth nothing.
public final class WrongAnswer extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongAnswer(String message) {
    super(message);
  }
}
