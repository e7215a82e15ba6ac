package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The write was refused because the store cannot take it in now: its memory budget is used up, or
/// flushing and compaction are too far behind. Nothing of the write was kept.
public final class StalledException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public StalledException(String message) {
    super(message);
  }

  public StalledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
