package org.tuffdb.workload;

import java.util.List;
import java.util.random.RandomGenerator;
import org.tuffdb.workload.Workload.Worker;

/// The six core workloads of YCSB, from two threads, with our entries. Which entry comes up how
/// often follows Zipf's law; the popular ones are spread over all keys, or are the latest.
final class Ycsb {
  private static final int SCAN_ENTRIES_MAX = 100;

  /// Of 100 operations so many of each kind; the rest are reads.
  private record Mix(int updates, int inserts, int scans, int changes, boolean latest) {}

  private final Store.Session session;
  private final Worker worker;
  private final Mix mix;
  private final Entries entries;
  private final RandomGenerator random;
  private final byte[] key;
  private final byte[] value;
  private final int[] ranks;
  private int inserted;

  private Ycsb(Store.Session session, Worker worker, Mix mix) {
    this.session = session;
    this.worker = worker;
    this.mix = mix;
    this.entries = worker.entries();
    this.random = Entries.random(entries.seed() + 100L * worker.pass() + worker.thread());
    this.key = entries.keyBuffer();
    this.value = entries.valueBuffer();
    this.ranks = new int[worker.limit() - worker.from()];
    Zipf zipf = new Zipf(worker.entryCount(), random);
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = zipf.rank();
    }
  }

  static List<Workload> all() {
    return List.of(
        workload("ycsb-a", new Mix(50, 0, 0, 0, false)),
        workload("ycsb-b", new Mix(5, 0, 0, 0, false)),
        workload("ycsb-c", new Mix(0, 0, 0, 0, false)),
        workload("ycsb-d", new Mix(0, 5, 0, 0, true)),
        workload("ycsb-e", new Mix(0, 5, 95, 0, false)),
        workload("ycsb-f", new Mix(0, 0, 0, 50, false)));
  }

  private static Workload workload(String name, Mix mix) {
    return Workload.mixing(name)
        .threads(2)
        .does((session, worker) -> new Ycsb(session, worker, mix).run());
  }

  private void run() {
    boolean inTime = true;
    worker.measure().begin();
    for (int i = 0; inTime && i < ranks.length; i++) {
      operate(random.nextInt(100), mix.latest() ? latest(ranks[i]) : spread(ranks[i]));
      inTime = worker.measure().done();
    }
  }

  private int spread(int rank) {
    return (int) Long.remainderUnsigned(NumberedEntries.mix(rank + 1L), worker.entryCount());
  }

  /// The latest entries are those that this thread has inserted, and then the last ones of those
  /// that were there before.
  private int latest(int rank) {
    return rank < inserted
        ? ownNumber(inserted - 1 - rank)
        : worker.entryCount() - 1 - rank + inserted;
  }

  private int ownNumber(int index) {
    return worker.entryCount() + index * worker.threads() + worker.thread();
  }

  private void operate(int perCent, int number) {
    if (perCent < mix.updates()) {
      worker.put(session, number, 1, key, value);
    } else if (perCent < mix.updates() + mix.inserts()) {
      worker.put(session, ownNumber(inserted++), 0, key, value);
    } else if (perCent < mix.updates() + mix.inserts() + mix.scans()) {
      scan(number);
    } else {
      Reads.get(session, entries, number, key, value);
      if (perCent >= 100 - mix.changes()) {
        worker.put(session, number, 1, key, value);
      }
    }
  }

  private void scan(int number) {
    int steps = random.nextInt(SCAN_ENTRIES_MAX);
    try (Store.Cursor cursor = session.cursor()) {
      Reads.seek(cursor, entries.key(number, key), value);
      int stepsAtLeast = Math.min(steps, worker.entryCount() - 1 - number);
      if (Reads.step(cursor, steps) < stepsAtLeast) {
        throw new WrongAnswer("a scan from entry %,d came to the end too early".formatted(number));
      }
    }
  }
}
