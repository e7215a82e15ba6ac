package org.tuffdb.shell;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the store is that a command works on.
final class StoreDirectory {
  private static final String DEFAULT = "tuff-data";

  private StoreDirectory() {}

  /// @param named by `--db`; null if it was not given
  /// @throws UsageException if it is empty: that would be the current directory, where nobody wants
  ///   a store's files
  static Path of(@Nullable Path named) {
    if (named == null) {
      String configured = System.getenv("TUFF_DB");
      return Path.of(configured == null || configured.isEmpty() ? DEFAULT : configured);
    }
    if (named.toString().isEmpty()) {
      throw new UsageException("--db is empty: name a directory, or leave --db out");
    }
    return named;
  }
}
