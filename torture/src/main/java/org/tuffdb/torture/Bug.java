package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;

/// What can be put into a store for a campaign to find: beneath it, where files are called.
enum Bug {
  NONE,
  LOG_NOT_SYNCED,
  TABLE_NOT_SYNCED,
  /// A sync that failed is called again, and then says that all is well.
  SYNC_RETRIED,
  /// A write that finds no room says that all is well.
  FULL_DISK_IGNORED;

  /// The files of the operating system, called in this way.
  FileSystem files() {
    return files(FileSystem.disk());
  }

  /// The same for other files.
  FileSystem files(FileSystem real) {
    return this == NONE ? real : Intercepted.files(real, this::around);
  }

  private @Nullable Object around(Class<?> type, Path path, String name, Intercepted.Real real)
      throws Throwable {
    if (name.equals("sync")) {
      return isLeftOut(type, path) ? null : synced(real);
    }
    try {
      return real.call();
    } catch (NoSpaceException full) {
      if (this == FULL_DISK_IGNORED && name.equals("write")) {
        return null;
      }
      throw full;
    }
  }

  private boolean isLeftOut(Class<?> type, Path path) {
    return switch (this) {
      case NONE, SYNC_RETRIED, FULL_DISK_IGNORED -> false;
      case LOG_NOT_SYNCED -> FileKind.LOG.is(type, path);
      case TABLE_NOT_SYNCED -> FileKind.TABLE.is(type, path);
    };
  }

  private @Nullable Object synced(Intercepted.Real real) throws Throwable {
    try {
      return real.call();
    } catch (IOException failure) {
      if (this == SYNC_RETRIED) {
        return real.call();
      }
      throw failure;
    }
  }
}
