package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A file was written by a newer version of TuffDB, or uses a feature that this version does not
/// know.
public final class FormatTooNewException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public FormatTooNewException(String message) {
    super(message);
  }

  public FormatTooNewException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
