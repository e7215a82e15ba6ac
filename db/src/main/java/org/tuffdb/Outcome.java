package org.tuffdb;

import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.fs.NoSpaceException;

/// What the caller of a write is told that failed.
final class Outcome {
  private static final String SHOWS_LATER =
      "; whether it is there shows when the store is opened again";

  private Outcome() {}

  /// Nothing of the write is in the store.
  static Throwable refused(Throwable cause) {
    if (cause instanceof NoSpaceException) {
      return new OutOfSpaceException(
          "the disk is full and the log cannot grow: free space and write again", cause);
    }
    return cause instanceof RuntimeException
        ? cause
        : new ReadOnlyException("the log cannot go on: close the store and open it again", cause);
  }

  /// The write may be in the store, or not.
  static OutcomeUnknownException unknown(Throwable cause) {
    return new OutcomeUnknownException(
        "the write failed on its way to the disk" + SHOWS_LATER, cause);
  }

  /// The same, without a cause.
  static OutcomeUnknownException givenUp() {
    return new OutcomeUnknownException("the write was given up half way" + SHOWS_LATER);
  }
}
