package org.tuffdb.torture;

import java.io.IOException;
import java.util.SplittableRandom;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;

/// The calls that a [Worker] makes beside reads and writes.
final class Upkeep {
  private final Db db;
  private final Reporter reporter;
  private final SplittableRandom random;

  Upkeep(Db db, Reporter reporter, SplittableRandom random) {
    this.db = db;
    this.reporter = reporter;
    this.random = random;
  }

  void call() throws IOException {
    switch (random.nextInt(12)) {
      case 0 -> db.flush();
      case 1 -> db.compact(KeyRange.all());
      case 2 -> db.settle();
      case 3, 4 -> sync();
      default -> {}
    }
  }

  private void sync() throws IOException {
    int[] before = reporter.acknowledged();
    db.sync();
    reporter.lasting(before);
  }
}
