package org.tuffdb.fs;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DiskFileSystemContractTest extends FileSystemContract {
  @TempDir Path temporary;

  @Override
  FileSystem fileSystem() {
    return FileSystem.disk();
  }

  @Override
  Path directory() {
    return temporary.resolve("home");
  }
}
