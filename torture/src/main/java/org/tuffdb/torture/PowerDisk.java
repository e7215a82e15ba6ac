package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// A mounted file system whose power can be cut.
interface PowerDisk extends AutoCloseable {
  /// Makes one in a folder.
  @FunctionalInterface
  interface Maker {
    PowerDisk make(Scratch scratch, DiskKind kind) throws IOException, CannotRun;
  }

  /// Where it is mounted.
  Path root();

  /// Whether a call of the process that was started last may have failed while it has power.
  default boolean mayFail() throws IOException {
    return false;
  }

  /// Whether the power stays on, so that only the process ends.
  default boolean keepsPower() {
    return false;
  }

  /// Gets ready, so that [#cut] takes no time.
  void arm() throws IOException;

  /// Takes the power away: what is not on the disk now never gets there.
  void cut(SplittableRandom random) throws IOException;

  /// Mounts what the cut has left. Nobody may use a file of it any more.
  void restore() throws IOException;

  @Override
  void close() throws IOException;
}
