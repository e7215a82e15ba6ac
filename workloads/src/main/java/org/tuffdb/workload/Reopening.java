package org.tuffdb.workload;

import java.util.List;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workload.Worker;

/// Opens a store whose process ended without closing it. The one operation of this workload lasts
/// from before the opening to the end of the first get; the JVM is cold.
final class Reopening {
  /// Which entries are looked for afterwards: each of the last ones, and others.
  private static final int LAST = 1_000;

  private static final int STEP = 101;

  private Reopening() {}

  static List<Workload> all() {
    return List.of(
        Workload.writing("reopen", Start.STOPPED)
            .checkedBy(Reopening::check)
            .does(Reopening::firstGet));
  }

  private static void firstGet(Store.Session session, Worker worker) {
    byte[] key = worker.entries().keyBuffer();
    byte[] value = worker.entries().valueBuffer();
    Reads.get(session, worker.entries(), worker.shuffled()[0], key, value);
    worker.measure().done();
  }

  private static void check(Store.Session session, Worker worker) {
    Entries entries = worker.entries();
    byte[] key = entries.keyBuffer();
    byte[] value = entries.valueBuffer();
    int[] numbers = worker.shuffled();
    int lost = 0;
    for (int i = 0; i < numbers.length; i += i < numbers.length - LAST ? STEP : 1) {
      int length = session.get(entries.key(numbers[i], key), value);
      if (!entries.isValue(numbers[i], 0, value, length)) {
        lost++;
      }
    }
    if (lost > 0) {
      throw new WrongAnswer("of the entries that were looked for, %,d are lost".formatted(lost));
    }
  }
}
