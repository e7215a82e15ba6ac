package org.tuffdb.torture;

import java.nio.file.Path;
import java.util.SplittableRandom;

/// A folder in place of a disk of its own: nothing of it is lost, but calls may fail.
record Folder(Path root) implements PowerDisk {
  @Override
  public boolean mayFail() {
    return true;
  }

  @Override
  public boolean keepsPower() {
    return true;
  }

  @Override
  public void arm() {}

  @Override
  public void cut(SplittableRandom random) {}

  @Override
  public void restore() {}

  @Override
  public void close() {}
}
