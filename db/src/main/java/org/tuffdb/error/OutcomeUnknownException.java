package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A sync failed while the write was under way: it may or may not be there after the store is
/// opened again. The store takes no more writes; what was durable before can still be read.
public final class OutcomeUnknownException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public OutcomeUnknownException(String message) {
    super(message);
  }

  public OutcomeUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
