package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// A folder in place of a disk of its own: nothing of it is lost, but calls are made to fail.
record Folder(Path root, FiredFaults faults) implements PowerDisk {
  @Override
  public boolean mayFail() throws IOException {
    return faults.hasNewest();
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
