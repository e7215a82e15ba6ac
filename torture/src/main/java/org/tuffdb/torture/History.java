package org.tuffdb.torture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.fs.MemoryFileSystem;

/// One execution of [Histories], on a disk in memory that can lose power.
final class History {
  static final int WRITERS = 5;
  private static final int READERS = 3;
  private static final int WRITES = 400;
  private static final int CUTS = 3;

  /// The power is cut at one of so many calls.
  private static final int CALLS_MAX = 40;

  private static final long CALL_MILLIS = 1_000;
  private static final Path DIRECTORY = Path.of("/history");

  private final SplittableRandom random;
  private final Figures figures;
  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final Findings findings = new Findings();
  private final Promises promises = new Promises(WRITERS);
  private final List<Actor> actors = new ArrayList<>();
  private final CountDownLatch written = new CountDownLatch(WRITERS);

  /// What was left by power cuts and at the end: a moment of the same history, each of them.
  private final List<Sight> recovered = new ArrayList<>();

  /// What a power cut has left.
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Left(int[] promised, MemoryFileSystem disk) {}

  /// What was done in all.
  static final class Figures {
    private long writes;
    private long reads;
    private long views;
    private long cuts;

    String text() {
      return "%d writes, %d reads, %d snapshots and cursors, %d power cuts"
          .formatted(writes, reads, views, cuts);
    }
  }

  History(long seed, Figures figures) {
    this.random = new SplittableRandom(seed);
    this.figures = figures;
  }

  void run() throws InterruptedException {
    long begun = System.nanoTime();
    boolean allSynced = random.nextBoolean();
    Db db = open(disk);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < WRITERS + READERS; i++) {
      boolean writes = i < WRITERS;
      Actor actor = new Actor(db, i, writes ? WRITES : 0, allSynced, promises, random.split());
      actors.add(actor);
      Runnable body = () -> act(actor, writes);
      threads.add((i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(body));
    }
    threads.add(Thread.ofPlatform().start(() -> keepUp(db, random.split())));
    try {
      cutSometimes();
    } finally {
      promises.end();
      db.close();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    findings.requireNone();
    recover(disk.restart(), promises.acknowledged());
    check(begun);
  }

  private void cutSometimes() throws InterruptedException {
    for (int i = 0; i < CUTS; i++) {
      promises.awaitSum((i + 1L) * WRITES / 2);
      cut();
    }
    if (random.nextBoolean()) {
      written.await();
    }
  }

  private static Db open(MemoryFileSystem files) {
    return Db.builder(DIRECTORY).options(Worker.options()).fileSystem(files).open();
  }

  private void act(Actor actor, boolean writes) {
    try {
      if (writes) {
        actor.write();
        written.countDown();
      }
      actor.readUntilClosed();
    } catch (DbClosedException closed) {
      // As it must be: the store is closed while everybody works.
      written.countDown();
    } catch (Throwable failure) {
      findings.add(Thread.currentThread().toString(), failure);
      written.countDown();
      promises.end();
    }
  }

  private void keepUp(Db db, SplittableRandom own) {
    try {
      while (true) {
        switch (own.nextInt(3)) {
          case 0 -> db.flush();
          case 1 -> db.compact(KeyRange.all());
          default -> db.settle();
        }
      }
    } catch (DbClosedException closed) {
      // As above.
    } catch (Throwable failure) {
      findings.add("upkeep", failure);
    }
  }

  /// The power is cut before one of the next calls that change files, or at any moment if there are
  /// none.
  private void cut() throws InterruptedException {
    long seed = random.nextLong();
    AtomicInteger calls = new AtomicInteger(1 + random.nextInt(CALLS_MAX));
    CompletableFuture<Left> atCall = new CompletableFuture<>();
    disk.listen(call -> {
      if (call.kind().changes() && calls.decrementAndGet() == 0) {
        atCall.complete(leave(seed));
      }
    });
    Left left;
    try {
      left = atCall.get(CALL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException idle) {
      left = leave(seed);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
    disk.listen(null);
    recover(left.disk, left.promised);
    figures.cuts++;
  }

  /// What was promised before the power is cut must be there after it.
  private Left leave(long seed) {
    int[] promised = promises.now();
    return new Left(promised, disk.crash(seed));
  }

  private void recover(MemoryFileSystem left, int[] promised) {
    try (Db db = open(left)) {
      Sight there = Actor.look(db);
      for (int i = 0; i < promised.length; i++) {
        if (there.writes(i) < promised[i]) {
          throw new Violation(
              "writer %d: %d writes were promised, and there are %s"
                  .formatted(i, promised[i], there));
        }
      }
      recovered.add(there);
    }
  }

  private void check(long begun) {
    Registers registers = new Registers();
    List<Sight> sights = new ArrayList<>(recovered);
    for (Actor actor : actors) {
      actor.tell(registers, sights);
      figures.writes += actor.writes();
      figures.reads += actor.reads();
      figures.views += actor.views();
    }
    registers.check(begun);
    Sight.requireOneHistory(sights);
  }
}
