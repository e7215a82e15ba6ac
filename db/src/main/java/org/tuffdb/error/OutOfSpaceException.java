package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The disk has no room for the write. Nothing of the write was kept; the store stays usable, and a
/// later write succeeds once there is space.
public final class OutOfSpaceException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  public OutOfSpaceException(String message) {
    super(message);
  }

  public OutOfSpaceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
