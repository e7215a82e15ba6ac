package org.tuffdb.crash;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.tuffdb.Compression;
import org.tuffdb.Db;
import org.tuffdb.Options;
import org.tuffdb.Reading;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;

/// Stores with tiny limits, all of whose doings are drawn from one seed and happen on one thread.
final class Stores {
  static final Path DIRECTORY = Path.of("/db");

  /// So little fits anywhere that a few writes lead to flushes and compactions.
  private static Options tiny(long seed) {
    return Options.builder()
        .memory(1 << 20)
        .memtable(20 << 10)
        .logFile(16 << 10)
        .table(2 << 10)
        .block(1 << 10)
        .levels(4)
        .levelRatio(2)
        .baseLevel(4 << 10)
        .level0Tables(2)
        .reading(seed % 4 == 0 ? Reading.CACHED : Reading.MAPPED)
        .lastLevelCompression(seed % 8 == 1 ? Compression.LZ4 : Compression.NONE)
        .build();
  }

  private Stores() {}

  static Db open(FileSystem files, long seed) {
    ManualClock clock = new ManualClock();
    return open(files, seed, new ManualBackground(clock), clock);
  }

  static Db open(FileSystem files, long seed, Background background, ManualClock clock) {
    return Db.builder(DIRECTORY)
        .options(tiny(seed))
        .fileSystem(files)
        .clock(clock)
        .background(background)
        .random(new SplittableRandom(seed))
        .open();
  }
}
