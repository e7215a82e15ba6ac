package org.tuffdb.error;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The root of everything that TuffDB throws about a store. Its kinds are the other types of this
/// package; this type itself is thrown for a plain I/O failure, such as a file that cannot be read,
/// or a log that cannot go on, after which the store takes no more writes.
public class DbException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /// A failure whose message names the file, offset, key or option, and what the user can do.
  public DbException(String message) {
    super(message);
  }

  /// A failure with what brought it about.
  public DbException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
