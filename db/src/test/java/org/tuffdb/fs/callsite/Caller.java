package org.tuffdb.fs.callsite;

import java.io.IOException;
import java.nio.file.Path;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.WriteFile;

/// Calls syncs from outside the package of the file systems.
public final class Caller {
  private Caller() {}

  public static void create(FileSystem fs, Path path) throws IOException {
    try (WriteFile file = fs.create(path)) {
      file.write(0, new byte[] {'x'}, 0, 1);
      file.sync();
    }
  }

  public static void syncDirectory(FileSystem fs, Path path) throws IOException {
    try (Directory directory = fs.openDirectory(path)) {
      directory.sync();
    }
  }
}
