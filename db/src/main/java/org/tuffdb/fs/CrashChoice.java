package org.tuffdb.fs;

import java.nio.file.Path;
import java.util.SplittableRandom;

/// Decides what a power cut leaves behind. Each question has a few possible answers, numbered from
/// 0, where 0 is always the older state: what a disk that had written nothing since the last sync
/// would hold.
@FunctionalInterface
public interface CrashChoice {
  /// What is asked about.
  enum Question {
    /// An unsynced creation, rename or deletion: 0 lost, 1 kept.
    ENTRY,
    /// The size of a file that grew: 0 as before, 1 as last seen, further on: cut at one of the
    /// page ends between the two.
    SIZE,
    /// An unsynced page: 0 lost, 1 kept, and 2 torn if more than one of its sectors changed.
    PAGE,
    /// The sectors of a torn page that were written: one of their subsets, without all and none.
    SECTORS
  }

  /// Returns an answer from 0 to `answers` - 1. `position` is where in the file `path` the page in
  /// question begins, and otherwise 0.
  int choose(Question question, Path path, long position, int answers);

  /// Answers that look random and are the same each time for the same seed. One seed in four loses
  /// nearly everything and one in four keeps nearly everything: what matters is often one page
  /// alone that was kept or lost.
  static CrashChoice random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int leaning = random.nextInt(4);
    return (question, path, position, answers) -> {
      if (leaning < 2 && question != Question.SECTORS && random.nextInt(8) != 0) {
        return leaning;
      }
      // Old, new and cut sizes alike, however many places to cut there are.
      int drawn = random.nextInt(question == Question.SIZE ? Math.min(3, answers) : answers);
      return drawn < 2 || question != Question.SIZE ? drawn : random.nextInt(2, answers);
    };
  }

  /// The disk had written nothing since the last syncs.
  static CrashChoice loseAll() {
    return (question, path, position, answers) -> 0;
  }

  /// The disk had written everything, except for what a failed sync lost.
  static CrashChoice keepAll() {
    return (question, path, position, answers) -> 1;
  }
}
