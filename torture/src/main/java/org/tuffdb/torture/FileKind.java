package org.tuffdb.torture;

import java.nio.file.Path;
import org.tuffdb.fs.FileNames;

/// What a store syncs.
enum FileKind {
  LOG,
  TABLE,
  MANIFEST,
  DIRECTORY;

  /// Whether what is called at `path`, a file or a directory, is one.
  boolean is(Path path) {
    String name = String.valueOf(path.getFileName());
    return switch (this) {
      case LOG -> FileNames.logNumber(name).isPresent();
      case TABLE -> FileNames.tableNumber(name).isPresent();
      case MANIFEST -> FileNames.manifestNumber(name).isPresent();
      case DIRECTORY ->
          !name.isEmpty()
              && !LOG.is(path)
              && !TABLE.is(path)
              && !MANIFEST.is(path)
              && !name.startsWith(FileNames.CURRENT);
    };
  }
}
