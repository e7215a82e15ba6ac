package org.tuffdb.workload;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.tuffdb.workload.Workload.Worker;

/// Workloads that read single keys and short runs of them, and check what they find.
final class Reads {
  private static final int SEEK_STEPS = 10;
  private static final double LARGE_SECONDS = 20;

  private Reads() {}

  static List<Workload> all() {
    return List.of(
        Workload.reading("readrandom").does(Reads::readRandom),
        Workload.reading("readrandom-2").threads(2).does(Reads::readRandom),
        Workload.reading("readmissing").does(Reads::readMissing),
        Workload.reading("seekrandom").does(Reads::seekRandom),
        Workload.reading("readprefix").data(Data.PREFIX).does(Reads::readRandom),
        Workload.reading("readrandom-1k").data(Data.KIB_1).does(Reads::readRandom),
        Workload.reading("readrandom-64k").data(Data.KIB_64).does(Reads::readRandom),
        Workload.reading("readrealdata").data(Data.REAL).does(Reads::readRandom),
        Workload.reading("readrandom-large")
            .data(Data.LARGE)
            .secondsMax(LARGE_SECONDS)
            .does(Reads::readDrawn));
  }

  private static void readRandom(Store.Session session, Worker worker) {
    read(session, worker, worker.shuffled(), worker.from(), worker.limit());
  }

  /// Reads the entries `numbers[from]` to the one before `numbers[limit]`. Each may have been
  /// overwritten once.
  static void read(Store.Session session, Worker worker, int[] numbers, int from, int limit) {
    byte[] key = worker.entries().keyBuffer();
    byte[] value = worker.entries().valueBuffer();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = from; inTime && i < limit; i++) {
      get(session, worker.entries(), numbers[i], key, value);
      inTime = worker.measure().done();
    }
  }

  static void get(Store.Session session, Entries entries, int number, byte[] key, byte[] value) {
    int length = session.get(entries.key(number, key), value);
    if (!entries.isValue(number, 0, value, length) && !entries.isValue(number, 1, value, length)) {
      throw new WrongAnswer("a get of entry %,d found %d bytes".formatted(number, length));
    }
  }

  /// Draws each number: an order of so many would take too much of the memory.
  private static void readDrawn(Store.Session session, Worker worker) {
    RandomGenerator random = Entries.random(worker.entries().seed() + worker.pass());
    byte[] key = worker.entries().keyBuffer();
    byte[] value = worker.entries().valueBuffer();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      get(session, worker.entries(), random.nextInt(worker.entryCount()), key, value);
      inTime = worker.measure().done();
    }
  }

  /// Gets keys that lie between those that are there: one of them with a dot behind, as in
  /// db_bench.
  private static void readMissing(Store.Session session, Worker worker) {
    byte[] key = new byte[worker.entries().keyBytesMax() + 1];
    key[key.length - 1] = '.';
    byte[] value = worker.entries().valueBuffer();
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      if (session.get(worker.entries().key(numbers[i], key), value) >= 0) {
        throw new WrongAnswer("a get found a key that nobody has put");
      }
      inTime = worker.measure().done();
    }
  }

  /// Each time a new cursor, a seek, and as many steps as there are keys behind, up to ten.
  private static void seekRandom(Store.Session session, Worker worker) {
    byte[] key = worker.entries().keyBuffer();
    byte[] found = worker.entries().keyBuffer();
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      int steps = Math.min(SEEK_STEPS, worker.entryCount() - 1 - numbers[i]);
      try (Store.Cursor cursor = session.cursor()) {
        seek(cursor, worker.entries().key(numbers[i], key), found);
        if (step(cursor, steps) < steps) {
          throw new WrongAnswer("a cursor came to the end too early");
        }
        cursor.key(found);
      }
      if (!Arrays.equals(worker.entries().key(numbers[i] + (long) steps, key), found)) {
        throw new WrongAnswer("%d steps behind entry %,d".formatted(steps, numbers[i]));
      }
      inTime = worker.measure().done();
    }
  }

  /// Goes to a key that is there.
  static void seek(Store.Cursor cursor, byte[] key, byte[] buffer) {
    if (!cursor.seek(key)
        || cursor.key(buffer) != key.length
        || !Arrays.equals(key, 0, key.length, buffer, 0, key.length)) {
      throw new WrongAnswer("a seek has not found its key");
    }
  }

  /// Reads what the cursor stands on and up to `steps` more, and returns how many more there were.
  static int step(Store.Cursor cursor, int steps) {
    long sum = cursor.sum();
    int step = 0;
    while (step < steps && cursor.next()) {
      sum += cursor.sum();
      step++;
    }
    if (sum == 0) {
      throw new WrongAnswer("a cursor has seen empty entries");
    }
    return step;
  }
}
