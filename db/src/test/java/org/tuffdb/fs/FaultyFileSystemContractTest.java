package org.tuffdb.fs;

import java.nio.file.Path;

/// Without faults, it is a file system like any other.
class FaultyFileSystemContractTest extends FileSystemContract {
  @Override
  FileSystem fileSystem() {
    return new FaultyFileSystem(new MemoryFileSystem());
  }

  @Override
  Path directory() {
    return Path.of("/home/db");
  }
}
