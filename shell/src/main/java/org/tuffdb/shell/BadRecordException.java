package org.tuffdb.shell;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The input holds something that is no record.
final class BadRecordException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final long line;

  /// What is wrong on `line`, counted from 1.
  BadRecordException(long line, @Nullable String what) {
    super(what);
    this.line = line;
  }

  long line() {
    return line;
  }
}
