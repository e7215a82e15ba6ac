package org.tuffdb.workload;

import java.util.List;
import org.tuffdb.workload.Workload.Worker;

/// Workloads that go over all entries, again and again until that has taken long enough to be
/// measured, and check that they have seen each.
final class Scans {
  private static final int STEPS_TIMED = 1_000;
  private static final double PASSES_SECONDS = 1;

  private Scans() {}

  static List<Workload> all() {
    return List.of(
        Workload.reading("readseq").operationsTimed(STEPS_TIMED).does(Scans::up),
        Workload.reading("readreverse").operationsTimed(STEPS_TIMED).does(Scans::down));
  }

  private static void up(Store.Session session, Worker worker) {
    long expected = worker.entries().sum(0, worker.count());
    worker.measure().begin();
    boolean again = true;
    while (again) {
      again = passUp(session, worker, expected);
    }
  }

  private static void down(Store.Session session, Worker worker) {
    long expected = worker.entries().sum(worker.entryCount() - worker.count(), worker.entryCount());
    worker.measure().begin();
    boolean again = true;
    while (again) {
      again = passDown(session, worker, expected);
    }
  }

  /// Goes over all once, and returns whether it is to be done again.
  private static boolean passUp(Store.Session session, Worker worker, long expected) {
    Measure measure = worker.measure();
    boolean inTime = true;
    long sum = 0;
    int seen = 0;
    try (Store.Cursor cursor = session.cursor()) {
      boolean found = cursor.first();
      while (found && inTime && seen < worker.count()) {
        sum += cursor.sum();
        if (++seen % STEPS_TIMED == 0) {
          inTime = measure.done(STEPS_TIMED);
        }
        found = cursor.next();
      }
      end(worker, seen, found);
    }
    check(worker, inTime, seen, sum == expected);
    return inTime && measure.seconds() < PASSES_SECONDS;
  }

  private static boolean passDown(Store.Session session, Worker worker, long expected) {
    Measure measure = worker.measure();
    boolean inTime = true;
    long sum = 0;
    int seen = 0;
    try (Store.Cursor cursor = session.cursor()) {
      boolean found = cursor.last();
      while (found && inTime && seen < worker.count()) {
        sum += cursor.sum();
        if (++seen % STEPS_TIMED == 0) {
          inTime = measure.done(STEPS_TIMED);
        }
        found = cursor.previous();
      }
      end(worker, seen, found);
    }
    check(worker, inTime, seen, sum == expected);
    return inTime && measure.seconds() < PASSES_SECONDS;
  }

  /// Notes the last steps, which are fewer than those that are timed together.
  private static void end(Worker worker, int seen, boolean more) {
    if (seen % STEPS_TIMED > 0) {
      worker.measure().done(seen % STEPS_TIMED);
    }
    if (more && seen == worker.entryCount()) {
      throw new WrongAnswer("a scan has found more than the %,d entries".formatted(seen));
    }
  }

  private static void check(Worker worker, boolean inTime, int seen, boolean sumRight) {
    if (inTime && (seen != worker.count() || !sumRight)) {
      throw new WrongAnswer(
          "a scan has seen %,d of %,d entries, %s"
              .formatted(seen, worker.count(), sumRight ? "all right" : "and not their bytes"));
    }
  }
}
