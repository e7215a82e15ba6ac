package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The store has stopped taking writes because of an earlier failure, which is the cause of this
/// exception. Reads go on; opening the store again recovers it.
public final class ReadOnlyException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public ReadOnlyException(String message) {
    super(message);
  }

  public ReadOnlyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
