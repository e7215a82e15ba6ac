package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Another process, or another `Db` of this process, has the directory open.
public final class DbLockedException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public DbLockedException(String message) {
    super(message);
  }

  public DbLockedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
