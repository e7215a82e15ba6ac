package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Options;
import org.tuffdb.event.Event;
import org.tuffdb.fs.FileSystem;

/// The process whose disk fails. Its writers take step after step, half of them on platform threads
/// and half on virtual ones, and read what others wrote; meanwhile the store is synced, flushed,
/// compacted, and closed and opened again. Everything in it is tiny, so that all of that happens
/// all the time.
///
/// When a call fails, the process says so and goes on reading until it is killed: whether the
/// failure is right, the parent knows.
final class Worker {
  /// So many steps are made, more or less, before the store is closed.
  private static final int SESSION_STEPS = 1_200;

  /// Every so many steps one of [Upkeep]'s calls is made.
  private static final int UPKEEP_STEPS = 150;

  /// So many steps are made at most while one of these calls lasts: [Db#settle()] need not return
  /// while others go on writing.
  private static final int LEAD_STEPS = 1_000;

  private final Path directory;
  private final FileSystem files;
  private final SplittableRandom random;
  private final Reporter reporter = new Reporter(new Report.Pipe());
  private final Semaphore made = new Semaphore(0);
  private final Semaphore allowed = new Semaphore(LEAD_STEPS);
  private final Sessions<WorkSession> sessions = new Sessions<>();

  private Worker(Path directory, Bug bug, List<String> lie, long seed) {
    this.directory = directory;
    this.files = bug.files(lie.isEmpty() ? FileSystem.disk() : Lie.of(lie).files(reporter::failed));
    this.random = new SplittableRandom(seed);
  }

  /// Waits for a line of orders: a seed of its own, that of the steps, and how many steps of each
  /// writer are made.
  ///
  /// @param args the store, a [Bug], and the arguments of a [Lie] if there is one
  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    @Nullable String line = in.readLine();
    if (line != null) {
      List<String> orders = Arrays.asList(line.split(" ", -1));
      List<String> lie = Arrays.asList(args).subList(2, args.length);
      long seed = Long.parseLong(orders.get(0));
      Worker worker = new Worker(Path.of(args[0]), Bug.valueOf(args[1]), lie, seed);
      worker.run(Long.parseLong(orders.get(1)), orders.subList(2, orders.size()));
      // Waits for the parent to kill it, or to end.
      in.readLine();
    }
  }

  static Options options() {
    return optionsBuilder().build();
  }

  static Options.Builder optionsBuilder() {
    return Options.builder()
        .memory(2 << 20)
        .memtable(48 << 10)
        .logFile(64 << 10)
        .table(64 << 10)
        .baseLevel(128 << 10)
        .level0Tables(2)
        .block(1 << 10);
  }

  private void run(long seed, List<String> positions) {
    try {
      for (int i = 0; i < Step.WRITERS; i++) {
        int number = Integer.parseInt(positions.get(i));
        Writer writer =
            new Writer(
                Work.small(seed), i, number, sessions, reporter, allowed, made, random.split());
        (i % 2 == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual()).start(writer);
      }
      while (true) {
        work();
      }
    } catch (Throwable failure) {
      reporter.failed(failure);
    }
  }

  private void work() throws IOException {
    reporter.enter(Phase.OPENING);
    Db db = Db.builder(directory).options(options()).fileSystem(files).listener(this::take).open();
    // What a restart shows is not taken back, whatever it was before.
    reporter.seen(Contents.of(db));
    reporter.enter(Phase.WRITING);
    WorkSession session = new WorkSession(db, drawDurability());
    sessions.begin(session);
    Upkeep upkeep = new Upkeep(db, reporter, random);
    for (int steps = 0; steps < SESSION_STEPS; steps += UPKEEP_STEPS) {
      made.acquireUninterruptibly(UPKEEP_STEPS);
      allowed.release(UPKEEP_STEPS);
      upkeep.call();
    }
    reporter.enter(Phase.CLOSING);
    sessions.end();
    db.close();
  }

  private @Nullable Durability drawDurability() {
    return switch (random.nextInt(4)) {
      case 0 -> null;
      case 1 -> Durability.BUFFERED;
      default -> Durability.SYNC;
    };
  }

  private void take(Event event) {
    switch (event) {
      case Event.Flushed _ -> reporter.did(Report.Kind.FLUSHED);
      case Event.Compacted _ -> reporter.did(Report.Kind.MERGED);
      default -> {}
    }
  }
}
