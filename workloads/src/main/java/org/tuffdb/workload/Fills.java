package org.tuffdb.workload;

import java.util.List;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workload.Worker;

/// Workloads that write.
final class Fills {
  private static final int BATCH_ENTRIES = 1_000;

  private Fills() {}

  static List<Workload> all() {
    return List.of(
        new Workload("load", Start.EMPTY, true, 1, BATCH_ENTRIES, Fills::load),
        new Workload("fillseq", Start.EMPTY, true, 1, 1, Fills::fillSequential),
        new Workload("fillrandom", Start.EMPTY, true, 1, 1, Fills::fillRandom),
        new Workload("fillbatch", Start.EMPTY, true, 1, BATCH_ENTRIES, Fills::fillBatch),
        new Workload("overwrite", Start.LOADED, true, 1, 1, Fills::overwrite),
        new Workload("deleterandom", Start.LOADED, true, 1, 1, Fills::delete));
  }

  private static void fillSequential(Store.Session session, Worker worker) {
    put(session, worker, ascending(worker.entryCount()), 0);
  }

  private static void fillRandom(Store.Session session, Worker worker) {
    put(session, worker, worker.shuffled(), 0);
  }

  private static void overwrite(Store.Session session, Worker worker) {
    put(session, worker, worker.shuffled(), 1);
  }

  private static int[] ascending(int count) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private static void put(Store.Session session, Worker worker, int[] numbers, int version) {
    byte[] key = new byte[Entries.KEY_BYTES];
    byte[] value = new byte[worker.entries().valueBytes()];
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      Entries.key(numbers[i], key);
      worker.entries().value(numbers[i], version, value);
      session.put(key, value);
      inTime = worker.measure().done();
    }
  }

  /// In the order of the keys, as in db_bench.
  private static void fillBatch(Store.Session session, Worker worker) {
    putBatches(session, worker, ascending(worker.entryCount()));
  }

  private static void load(Store.Session session, Worker worker) {
    putBatches(session, worker, worker.shuffled());
  }

  private static void putBatches(Store.Session session, Worker worker, int[] numbers) {
    byte[][] keys = new byte[BATCH_ENTRIES][Entries.KEY_BYTES];
    byte[][] values = new byte[BATCH_ENTRIES][worker.entries().valueBytes()];
    boolean inTime = true;
    worker.measure().begin();
    int count;
    for (int i = worker.from(); inTime && i < worker.limit(); i += count) {
      count = Math.min(BATCH_ENTRIES, worker.limit() - i);
      for (int j = 0; j < count; j++) {
        Entries.key(numbers[i + j], keys[j]);
        worker.entries().value(numbers[i + j], 0, values[j]);
      }
      session.putAll(keys, values, count);
      inTime = worker.measure().done(count);
    }
  }

  private static void delete(Store.Session session, Worker worker) {
    byte[] key = new byte[Entries.KEY_BYTES];
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      Entries.key(numbers[i], key);
      session.delete(key);
      inTime = worker.measure().done();
    }
  }
}
