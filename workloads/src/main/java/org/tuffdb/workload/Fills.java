package org.tuffdb.workload;

import java.util.ArrayList;
import java.util.List;
import org.tuffdb.workload.Workload.Body;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workload.Worker;

/// Workloads that write. Afterwards some of what they wrote is read back.
final class Fills {
  static final String LOAD = "load-";
  static final String STOP = "stop-";

  private static final int BATCH_ENTRIES = 1_000;
  private static final int[] SYNC_THREADS = {1, 4, 16, 64};
  private static final double SYNC_SECONDS = 5;
  private static final int CHECKS_MAX = 10_000;

  private Fills() {}

  static List<Workload> all() {
    Body written = (session, worker) -> check(session, worker, worker.shuffled(), 0);
    Body ascendingWritten = (session, worker) -> check(session, worker, ascending(worker), 0);
    List<Workload> all = new ArrayList<>();
    all.add(filling("fillseq").checkedBy(ascendingWritten).does(Fills::fillSequential));
    all.add(filling("fillrandom").checkedBy(written).does(Fills::fillRandom));
    all.add(
        filling("fillbatch")
            .operationsTimed(BATCH_ENTRIES)
            .checkedBy(ascendingWritten)
            .does(Fills::fillBatch));
    all.add(
        Workload.writing("overwrite", Start.LOADED)
            .checkedBy((session, worker) -> check(session, worker, worker.shuffled(), 1))
            .does(Fills::overwrite));
    all.add(
        Workload.writing("deleterandom", Start.LOADED)
            .checkedBy(Fills::checkDeleted)
            .does(Fills::delete));
    for (int threads : SYNC_THREADS) {
      all.add(syncing("fillsync-" + threads).threads(threads).does(Fills::fillRandom));
    }
    all.add(syncing("fillsync-64v").virtualThreads(64).does(Fills::fillRandom));
    all.add(filling("fillprefix").data(Data.PREFIX).checkedBy(written).does(Fills::fillRandom));
    all.add(filling("fillrandom-1k").data(Data.KIB_1).checkedBy(written).does(Fills::fillRandom));
    all.add(filling("fillrandom-64k").data(Data.KIB_64).checkedBy(written).does(Fills::fillRandom));
    all.add(filling("fillrealdata").data(Data.REAL).checkedBy(written).does(Fills::fillRandom));
    return all;
  }

  /// For each kind of data one that loads it, and for the plain one also one that never returns.
  static List<Workload> preparing() {
    List<Workload> preparing = new ArrayList<>();
    for (Data data : Data.values()) {
      preparing.add(
          filling(LOAD + data.label())
              .data(data)
              .operationsTimed(BATCH_ENTRIES)
              .does((session, worker) -> putBatches(session, worker, worker.shuffled())));
    }
    preparing.add(filling(STOP + Data.PLAIN.label()).does(Fills::fillRandomAndStop));
    return preparing;
  }

  private static Workload.Builder filling(String name) {
    return Workload.writing(name, Start.EMPTY);
  }

  private static Workload.Builder syncing(String name) {
    return filling(name)
        .synced()
        .secondsMax(SYNC_SECONDS)
        .checkedBy((session, worker) -> check(session, worker, worker.shuffled(), 0));
  }

  private static void fillSequential(Store.Session session, Worker worker) {
    put(session, worker, ascending(worker), 0);
  }

  private static void fillRandom(Store.Session session, Worker worker) {
    put(session, worker, worker.shuffled(), 0);
  }

  private static void overwrite(Store.Session session, Worker worker) {
    put(session, worker, worker.shuffled(), 1);
  }

  /// Leaves the store as a process that is killed does.
  private static void fillRandomAndStop(Store.Session session, Worker worker) {
    fillRandom(session, worker);
    Runtime.getRuntime().halt(0);
  }

  private static int[] ascending(Worker worker) {
    int[] numbers = new int[worker.entryCount()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private static void put(Store.Session session, Worker worker, int[] numbers, int version) {
    Entries entries = worker.entries();
    byte[] key = entries.keyBuffer();
    byte[] value = entries.valueBuffer();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      worker.put(session, numbers[i], version, key, value);
      inTime = worker.measure().done();
    }
  }

  /// In the order of the keys, as in db_bench.
  private static void fillBatch(Store.Session session, Worker worker) {
    putBatches(session, worker, ascending(worker));
  }

  private static void putBatches(Store.Session session, Worker worker, int[] numbers) {
    Entries entries = worker.entries();
    int countMax = Math.min(BATCH_ENTRIES, numbers.length);
    byte[][] keyBuffers = new byte[countMax][entries.keyBytesMax()];
    byte[][] valueBuffers = new byte[countMax][entries.valueBytesMax()];
    byte[][] keys = new byte[countMax][];
    byte[][] values = new byte[countMax][];
    boolean inTime = true;
    worker.measure().begin();
    int count;
    for (int i = worker.from(); inTime && i < worker.limit(); i += count) {
      count = Math.min(countMax, worker.limit() - i);
      for (int j = 0; j < count; j++) {
        keys[j] = entries.key(numbers[i + j], keyBuffers[j]);
        values[j] = entries.value(numbers[i + j], 0, valueBuffers[j]);
        worker.measure().put(keys[j].length + values[j].length);
      }
      session.putAll(keys, values, count);
      inTime = worker.measure().done(count);
    }
  }

  private static void delete(Store.Session session, Worker worker) {
    byte[] key = worker.entries().keyBuffer();
    int[] numbers = worker.shuffled();
    boolean inTime = true;
    worker.measure().begin();
    for (int i = worker.from(); inTime && i < worker.limit(); i++) {
      byte[] itsKey = worker.entries().key(numbers[i], key);
      session.delete(itsKey);
      worker.measure().put(itsKey.length);
      inTime = worker.measure().done();
    }
  }

  /// Reads some of the entries that the worker has put.
  private static void check(Store.Session session, Worker worker, int[] numbers, int version) {
    Entries entries = worker.entries();
    byte[] key = entries.keyBuffer();
    byte[] value = entries.valueBuffer();
    for (int i = worker.from(); i < doneLimit(worker); i += checkStep(worker)) {
      int length = session.get(entries.key(numbers[i], key), value);
      if (!entries.isValue(numbers[i], version, value, length)) {
        throw new WrongAnswer(
            "of entry %,d, which was put, a get found %d bytes".formatted(numbers[i], length));
      }
    }
  }

  private static void checkDeleted(Store.Session session, Worker worker) {
    byte[] key = worker.entries().keyBuffer();
    byte[] value = worker.entries().valueBuffer();
    for (int i = worker.from(); i < doneLimit(worker); i += checkStep(worker)) {
      int number = worker.shuffled()[i];
      if (session.get(worker.entries().key(number, key), value) >= 0) {
        throw new WrongAnswer("entry %,d was deleted, and is there".formatted(number));
      }
    }
  }

  private static int doneLimit(Worker worker) {
    return worker.from() + (int) worker.measure().operations();
  }

  private static int checkStep(Worker worker) {
    return 1 + (int) (worker.measure().operations() / CHECKS_MAX);
  }
}
