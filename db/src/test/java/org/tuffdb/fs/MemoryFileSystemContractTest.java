package org.tuffdb.fs;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

class MemoryFileSystemContractTest extends FileSystemContract {
  private final MemoryFileSystem fs = new MemoryFileSystem();

  @Override
  FileSystem fileSystem() {
    return fs;
  }

  @Override
  Path directory() {
    return Path.of("/home/db");
  }

  @AfterEach
  void nothingStaysOpen() {
    fs.assertNothingOpen();
  }
}
