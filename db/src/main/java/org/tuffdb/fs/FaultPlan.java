package org.tuffdb.fs;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which calls fail, and how. It counts the calls that it looks at, those that can fail in its way.
///
/// Not thread-safe: the file system guards it.
final class FaultPlan {
  private final Fault fault;
  private final Predicate<FileCall> which;
  private final boolean lasting;
  private long toPass;

  /// The call after `toPass` others of `which` fails, and if `lasting`, all that follow.
  FaultPlan(Fault fault, long toPass, boolean lasting, Predicate<FileCall> which) {
    this.fault = fault;
    this.toPass = toPass;
    this.lasting = lasting;
    this.which = which;
  }

  /// The fault for `call`, or null if it is to succeed.
  @Nullable Fault next(FileCall call) {
    if (!fault.appliesTo(call.kind()) || !which.test(call)) {
      return null;
    }
    if (toPass > 0) {
      toPass--;
      return null;
    }
    if (!lasting) {
      toPass = Long.MAX_VALUE;
    }
    return fault;
  }
}
