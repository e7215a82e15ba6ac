package org.tuffdb.torture;

import java.nio.file.Path;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;

/// What a store syncs.
enum FileKind {
  LOG,
  TABLE,
  MANIFEST,
  DIRECTORY;

  /// Whether what is called by way of `type`, at `path`, is one.
  boolean is(Class<?> type, Path path) {
    String name = String.valueOf(path.getFileName());
    return switch (this) {
      case LOG -> FileNames.logNumber(name).isPresent();
      case TABLE -> FileNames.tableNumber(name).isPresent();
      case MANIFEST -> FileNames.manifestNumber(name).isPresent();
      case DIRECTORY -> type == Directory.class;
    };
  }
}
