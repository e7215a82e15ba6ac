package org.tuffdb.torture;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The store broke a promise.
final class Violation extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  Violation(String message) {
    super(message);
  }

  Violation(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
