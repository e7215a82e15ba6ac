package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The write was refused because the store cannot take it in now: its memory budget is used up, and
/// no flush frees any, or it needs more than half of that budget alone. Nothing of the write was
/// kept. A store is not opened whose log holds such an entry: raise
/// [Options.memory][org.tuffdb.Options.Builder#memory(long)].
public final class StalledException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public StalledException(String message) {
    super(message);
  }

  public StalledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
