package org.tuffdb.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.tuffdb.Db;
import org.tuffdb.event.Event;
import org.tuffdb.fs.FileSystem;

/// Interrupts all threads that use a store, and the one that closes and opens it, all the time. No
/// call may fail or forget an acknowledged write for that, nor swallow the interrupt.
final class Interrupts implements Campaign {
  private static final int SECONDS = 15;
  private static final int CALLERS = 16;
  private static final long PAUSE_NANOS = 20_000;

  private final FileSystem files;

  Interrupts() {
    this(FileSystem.disk());
  }

  /// On files of another kind, to see the campaign fail.
  Interrupts(FileSystem files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "interrupts";
  }

  @Override
  public String summary() {
    return "Thread.interrupt of all callers, all the time (--seconds, " + SECONDS + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    try (Scratch scratch = Scratch.create(name())) {
      return scratch.keepIfFailed(Bug.NONE, () -> new Storm(settings, scratch.directory()).run());
    }
  }

  /// One execution of the campaign.
  private final class Storm {
    private final Settings settings;
    private final Path directory;
    private final SplittableRandom random;
    private final Findings findings = new Findings();
    private final Sessions<Session> sessions = new Sessions<>();
    private final List<Caller> callers = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final Reopener reopener;

    Storm(Settings settings, Path directory) {
      this.settings = settings;
      this.directory = directory;
      this.random = new SplittableRandom(settings.seed());
      for (int i = 0; i < CALLERS; i++) {
        Caller caller = new Caller(i, sessions, findings, random.split());
        callers.add(caller);
        targets.add(caller.target());
      }
      reopener = new Reopener(this::open, sessions, callers, findings);
      targets.add(reopener.target());
    }

    private Db open(int epoch) {
      return Db.builder(directory.resolve("store" + epoch))
          .options(Victim.options())
          .fileSystem(files)
          .listener(this::take)
          .open();
    }

    private void take(Event event) {
      switch (event) {
        case Event.Failed failed -> findings.add("the store latched a failure", failed.cause());
        case Event.HousekeepingFailed failed -> findings.add("no log was prepared", failed.cause());
        case Event.LeakFound leak ->
            findings.add("a leak", new Throwable(leak.what(), leak.openedAt()));
        default -> {}
      }
    }

    String run() {
      long seconds = settings.seconds().orElse(SECONDS);
      List<Thread> threads = start();
      long interrupts;
      try {
        interrupts = storm(threads, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
      } finally {
        stop(threads);
      }
      findings.requireNone();
      return "%d s, %d interrupts, %d acknowledged writes, %d other calls, %d reopenings, 0 exceptions, 0 lost, seed %d"
          .formatted(
              seconds,
              interrupts,
              callers.stream().mapToLong(Caller::acknowledged).sum(),
              callers.stream().mapToLong(Caller::otherCalls).sum(),
              reopener.reopenings(),
              settings.seed());
    }

    /// Nobody goes on working on a store that may be kept, or deleted, next.
    private void stop(List<Thread> threads) {
      try {
        callers.forEach(Caller::stop);
        threads.subList(0, CALLERS).forEach(Storm::join);
        reopener.stop();
        join(threads.getLast());
      } catch (Violation hangs) {
        findings.add("at the end", hangs);
      }
    }

    private List<Thread> start() {
      List<Thread> threads = new ArrayList<>();
      for (Caller caller : callers) {
        boolean virtual = threads.size() % 2 == 1;
        threads.add((virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(caller));
      }
      threads.add(Thread.ofPlatform().daemon().start(reopener));
      return threads;
    }

    /// Returns how many interrupts it delivered.
    private long storm(List<Thread> threads, long endNanos) {
      long delivered = 0;
      while (System.nanoTime() < endNanos && findings.isEmpty()) {
        int index = random.nextInt(threads.size());
        delivered += targets.get(index).interrupt(threads.get(index)) ? 1 : 0;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      return delivered;
    }

    private static void join(Thread thread) {
      try {
        if (!thread.join(Duration.ofSeconds(60))) {
          throw new Violation("a caller hangs: " + List.of(thread.getStackTrace()));
        }
      } catch (InterruptedException notOurs) {
        throw new IllegalStateException(notOurs);
      }
    }
  }
}
