package org.tuffdb.workload;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.tuffdb.workload.Workload.Worker;

/// Workloads that read and write.
final class Mixes {
  private static final int WRITES_PER_CENT = 5;

  // 20,000 writes a second.
  private static final int BURST_WRITES = 20;
  private static final long BURST_NANOS = 1_000_000;

  private Mixes() {}

  static List<Workload> all() {
    return List.of(
        Workload.mixing("mixed").threads(2).does(Mixes::mixed),
        Workload.mixing("readwhilewriting").threads(2).does(Mixes::readWhileWriting));
  }

  private static void mixed(Store.Session session, Worker worker) {
    Entries entries = worker.entries();
    RandomGenerator random =
        Entries.random(entries.seed() + 100L * worker.pass() + worker.thread());
    byte[] key = entries.keyBuffer();
    byte[] value = entries.valueBuffer();
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      if (random.nextInt(100) < WRITES_PER_CENT) {
        worker.put(session, numbers[i], 1, key, value);
      } else {
        Reads.get(session, entries, numbers[i], key, value);
      }
      inTime = worker.measure().done();
    }
  }

  /// The first thread reads and is measured; the other one writes all the time, as fast for each
  /// store, if the store is fast enough.
  private static void readWhileWriting(Store.Session session, Worker worker) {
    if (worker.thread() > 0) {
      keepWriting(session, worker);
      return;
    }
    try {
      Reads.read(session, worker, worker.shuffled(), 0, worker.count());
    } finally {
      worker.stop().set(true);
    }
  }

  private static void keepWriting(Store.Session session, Worker worker) {
    Entries entries = worker.entries();
    byte[] key = entries.keyBuffer();
    byte[] value = entries.valueBuffer();
    int[] numbers = entries.shuffled(worker.entryCount(), worker.pass());
    worker.measure().begin();
    long nextNanos = System.nanoTime();
    int written = 0;
    do {
      int number = numbers[numbers.length - 1 - written % numbers.length];
      worker.put(session, number, 1, key, value);
      written++;
      if (written % BURST_WRITES == 0) {
        nextNanos = Math.max(nextNanos + BURST_NANOS, System.nanoTime() - BURST_NANOS);
        LockSupport.parkNanos(nextNanos - System.nanoTime());
      }
    } while (!worker.stop().get());
  }
}
