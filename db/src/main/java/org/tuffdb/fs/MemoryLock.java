package org.tuffdb.fs;

import java.nio.file.Path;

/// A lock held on a [MemoryFileSystem]: it is held as long as it is among the open handles.
final class MemoryLock extends MemoryHandle implements DirectoryLock {
  MemoryLock(MemoryFileSystem fileSystem, Path path) {
    super(fileSystem, path, "lock");
  }
}
