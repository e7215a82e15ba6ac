package org.tuffdb.fs;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The disk, or the user's quota on it, is full.
public final class NoSpaceException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public NoSpaceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
