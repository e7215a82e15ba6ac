package org.tuffdb.crash;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.tuffdb.Db;
import org.tuffdb.Options;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;

/// Stores with tiny limits, all of whose doings are drawn from one seed and happen on one thread.
final class Stores {
  static final Path DIRECTORY = Path.of("/db");

  private static final Options TINY =
      Options.builder().memory(8 << 20).memtable(64 << 10).logFile(16 << 10).build();

  private Stores() {}

  static Db open(FileSystem files, long seed) {
    ManualClock clock = new ManualClock();
    return open(files, seed, new ManualBackground(clock), clock);
  }

  static Db open(FileSystem files, long seed, Background background, ManualClock clock) {
    return Db.builder(DIRECTORY)
        .options(TINY)
        .fileSystem(files)
        .clock(clock)
        .background(background)
        .random(new SplittableRandom(seed))
        .open();
  }
}
