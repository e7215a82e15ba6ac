package org.tuffdb.torture;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A campaign needs what this machine does not have. That is no violation, but where every campaign
/// is to be run it is a failure all the same.
final class CannotRun extends Exception {
  @Serial private static final long serialVersionUID = 1;

  CannotRun(@Nullable String missing) {
    super(missing);
  }

  /// Whether every campaign must be run here: on CI, which sets the environment variable `CI`.
  static boolean isFailure() {
    return "true".equals(System.getenv("CI"));
  }
}
