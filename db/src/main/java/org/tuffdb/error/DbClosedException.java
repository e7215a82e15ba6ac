package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The store, or the snapshot or cursor that was used, has been closed.
public final class DbClosedException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public DbClosedException(String message) {
    super(message);
  }

  public DbClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
