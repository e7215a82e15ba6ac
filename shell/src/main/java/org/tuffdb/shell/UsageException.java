package org.tuffdb.shell;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The command, or the input it was given, makes no sense: exit code 2.
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UsageException(@Nullable String message) {
    super(message);
  }
}
