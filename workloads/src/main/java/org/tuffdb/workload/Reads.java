package org.tuffdb.workload;

import java.util.Arrays;
import java.util.List;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workload.Worker;

/// Workloads that read single keys and short runs of them, and check what they find.
final class Reads {
  private static final int SEEK_STEPS = 10;

  private Reads() {}

  static List<Workload> all() {
    return List.of(
        new Workload("readrandom", Start.LOADED, false, 1, 1, Reads::readRandom),
        new Workload("readrandom-2", Start.LOADED, false, 2, 1, Reads::readRandom),
        new Workload("readmissing", Start.LOADED, false, 1, 1, Reads::readMissing),
        new Workload("seekrandom", Start.LOADED, false, 1, 1, Reads::seekRandom));
  }

  private static void readRandom(Store.Session session, Worker worker) {
    byte[] key = new byte[Entries.KEY_BYTES];
    byte[] value = new byte[worker.entries().valueBytes()];
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      Entries.key(numbers[i], key);
      int length = session.get(key, value);
      if (!worker.entries().isValue(numbers[i], 0, value, length)) {
        throw new WrongAnswer("a get of entry %,d found %d bytes".formatted(numbers[i], length));
      }
      inTime = worker.measure().done();
    }
  }

  /// Gets keys that lie between those that are there: one of them with a dot behind, as in
  /// db_bench.
  private static void readMissing(Store.Session session, Worker worker) {
    byte[] key = new byte[Entries.KEY_BYTES + 1];
    key[Entries.KEY_BYTES] = '.';
    byte[] value = new byte[worker.entries().valueBytes()];
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      Entries.key(numbers[i], key);
      if (session.get(key, value) >= 0) {
        throw new WrongAnswer("a get found a key that nobody has put");
      }
      inTime = worker.measure().done();
    }
  }

  /// Each time a new cursor, a seek, and as many steps as there are keys behind, up to ten.
  private static void seekRandom(Store.Session session, Worker worker) {
    byte[] key = new byte[Entries.KEY_BYTES];
    byte[] found = new byte[Entries.KEY_BYTES];
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      Entries.key(numbers[i], key);
      int steps = Math.min(SEEK_STEPS, worker.entryCount() - 1 - numbers[i]);
      try (Store.Cursor cursor = session.cursor()) {
        if (!cursor.seek(key) || cursor.key(found) != found.length || !Arrays.equals(key, found)) {
          throw new WrongAnswer("a seek has not found entry " + numbers[i]);
        }
        step(cursor, steps);
        cursor.key(found);
      }
      Entries.key(numbers[i] + (long) steps, key);
      if (!Arrays.equals(key, found)) {
        throw new WrongAnswer("%d steps behind entry %,d".formatted(steps, numbers[i]));
      }
      inTime = worker.measure().done();
    }
  }

  private static void step(Store.Cursor cursor, int steps) {
    long sum = cursor.sum();
    for (int step = 0; step < steps; step++) {
      if (!cursor.next()) {
        throw new WrongAnswer("a cursor came to the end too early");
      }
      sum += cursor.sum();
    }
    if (sum == 0) {
      throw new WrongAnswer("a cursor has seen empty entries");
    }
  }
}
