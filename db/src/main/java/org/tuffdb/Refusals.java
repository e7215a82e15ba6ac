package org.tuffdb;

import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.fs.NoSpaceException;

/// What the callers of a [CommitPipeline] are told of writes that were not made.
final class Refusals {
  private Refusals() {}

  /// Of a write of which nothing is in the log.
  static Throwable of(Throwable refusal) {
    if (refusal instanceof NoSpaceException) {
      return new OutOfSpaceException(
          "the disk is full and the log cannot grow: free space and write again", refusal);
    }
    return refusal instanceof RuntimeException
        ? refusal
        : new ReadOnlyException("the log cannot go on: close the store and open it again", refusal);
  }

  /// Of a write of which a part may be in the log.
  static OutcomeUnknownException unknown(Throwable cause) {
    return new OutcomeUnknownException(
        "the write failed on its way to the disk; whether it is there shows when the store is opened again",
        cause);
  }
}
