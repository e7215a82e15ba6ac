package org.tuffdb.error;

import java.io.Serial;
import java.nio.file.Path;

/// A file holds bytes that TuffDB did not write, or lacks bytes that it did. Nothing is served from
/// the damaged place.
public final class CorruptionException extends DbException {
  @Serial private static final long serialVersionUID = 1;

  private final transient Path file;
  private final long offset;
  private final String what;

  /// Damage in `file` at `offset` bytes from its beginning (-1 when it concerns the whole file).
  public CorruptionException(Path file, long offset, String what) {
    super(file + (offset < 0 ? "" : ", offset " + offset) + ": " + what);
    this.file = file;
    this.offset = offset;
    this.what = what;
  }

  /// The damaged file.
  public Path file() {
    return file;
  }

  /// Where the damage begins, in bytes from the beginning of the file; -1 when it concerns the
  /// whole file.
  public long offset() {
    return offset;
  }

  /// What is wrong there: the message without the place.
  public String what() {
    return what;
  }
}
