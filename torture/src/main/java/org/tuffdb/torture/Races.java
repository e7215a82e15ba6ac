package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Db;
import org.tuffdb.error.DbLockedException;

/// Several want the same store at the same moment: one gets it.
final class Races {
  private static final int RACERS = 3;
  private static final int RACES = 8;
  private static final int WRITES_MAX = 200;

  private Races() {}

  /// The winner of each race writes, and is killed or closes the store.
  static void ofProcesses(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("store");
    List<TenantProcess> racers = new ArrayList<>();
    int written = 0;
    try {
      for (int race = 0; race < RACES; race++) {
        while (racers.size() < RACERS) {
          racers.add(TenantProcess.start());
        }
        TenantProcess winner = winner(racers, store);
        winner.does("read %d %d".formatted(written, written));
        int more = 1 + random.nextInt(WRITES_MAX);
        winner.does("write %d %d".formatted(written, written + more));
        written += more;
        if (random.nextBoolean()) {
          winner.does("close");
        } else {
          racers.remove(winner);
          winner.close();
        }
      }
    } finally {
      racers.forEach(TenantProcess::close);
    }
    Places.inspect(store, written, written);
  }

  private static TenantProcess winner(List<TenantProcess> racers, Path store)
      throws IOException, InterruptedException {
    for (TenantProcess racer : racers) {
      racer.tell("open " + store);
    }
    List<TenantProcess> winners = new ArrayList<>();
    for (TenantProcess racer : racers) {
      String answer = racer.answer();
      if (answer.equals(Tenant.DONE)) {
        winners.add(racer);
      } else if (!answer.startsWith(Tenant.LOCKED) || !answer.contains("another process")) {
        throw new Violation("a process that comes too late is told: " + answer);
      }
    }
    if (winners.size() != 1) {
      throw new Violation(winners.size() + " processes have the store open at once");
    }
    return winners.getFirst();
  }

  /// The same in this process.
  static void ofThreads(Scratch scratch, SplittableRandom random) throws Exception {
    Path store = scratch.resolve("store");
    CyclicBarrier together = new CyclicBarrier(RACERS);
    int written = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
      for (int race = 0; race < RACES; race++) {
        List<Future<@Nullable Db>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
          racers.add(
              threads.submit(() -> {
                together.await();
                return openOrNull(store);
              }));
        }
        int more = 1 + random.nextInt(WRITES_MAX);
        use(racers, written, written + more);
        written += more;
      }
    }
    Places.inspect(store, written, written);
  }

  private static @Nullable Db openOrNull(Path store) {
    try {
      return Db.builder(store).options(Worker.options()).open();
    } catch (DbLockedException late) {
      return null;
    }
  }

  private static void use(List<Future<@Nullable Db>> racers, int from, int to) throws Exception {
    List<Db> winners = new ArrayList<>();
    for (Future<@Nullable Db> racer : racers) {
      Db db = racer.get();
      if (db != null) {
        winners.add(db);
      }
    }
    if (winners.size() != 1) {
      throw new Violation(winners.size() + " threads have opened the store at once");
    }
    try (Db db = winners.getFirst()) {
      Tenant.read(db, from, from);
      Tenant.write(db, from, to);
    }
  }
}
