package org.tuffdb.torture;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.error.DbClosedException;

/// One thread of a [Worker]: makes its steps, and after each reads a key of anyone's.
final class Writer implements Runnable {
  private static final List<String> KEYSPACES = List.of(Change.RECORDS, Change.INDEX);

  /// How often it reads on after a failure.
  private static final int LAST_READS = 500;

  private final Work work;
  private final int number;
  private final Sessions<WorkSession> sessions;
  private final Reporter reporter;
  private final Semaphore allowed;
  private final Semaphore made;
  private final SplittableRandom random;
  private int step;

  /// @param step how many steps were made before
  /// @param allowed has a permit for each step that may be made
  /// @param made gets one for each that was
  Writer(
      Work work,
      int number,
      int step,
      Sessions<WorkSession> sessions,
      Reporter reporter,
      Semaphore allowed,
      Semaphore made,
      SplittableRandom random) {
    this.work = work;
    this.number = number;
    this.step = step;
    this.sessions = sessions;
    this.reporter = reporter;
    this.allowed = allowed;
    this.made = made;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      while (true) {
        allowed.acquireUninterruptibly();
        makeStep();
        made.release();
      }
    } catch (Throwable failure) {
      reporter.failed(failure);
      readOn();
    }
  }

  /// In the next session if this one closes before the step is made. Then it may be made twice,
  /// which is the same as once.
  private void makeStep() throws IOException {
    Batch batch = Step.of(work, number, step).batch();
    boolean isMade = false;
    while (!isMade) {
      WorkSession session = sessions.await();
      try {
        Durability durability = session.draw(random);
        write(session.db(), batch, durability);
        isMade = true;
        reporter.acknowledged(number, ++step, durability == Durability.SYNC);
        read(session);
      } catch (DbClosedException closed) {
        if (!sessions.isOver(session)) {
          throw closed;
        }
      }
    }
  }

  private void write(Db db, Batch batch, Durability durability) {
    if (random.nextBoolean()) {
      db.write(batch, durability);
      return;
    }
    try {
      db.writeAsync(batch, durability).toCompletableFuture().join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  private void read(WorkSession session) throws IOException {
    String key = Step.key(random.nextInt(Step.WRITERS), random.nextInt(Step.KEYS));
    String keyspace = KEYSPACES.get(random.nextInt(KEYSPACES.size()));
    byte @Nullable [] found = session.readDurable(keyspace, store -> store.get(Change.bytes(key)));
    if (found != null) {
      int written = Step.number(Change.text(found));
      if (!Change.text(found).equals(Step.value(work, key, written))) {
        throw new Violation("nobody wrote what is read from " + key + ": " + Change.text(found));
      }
      reporter.seen(Step.writer(key), written + 1);
    }
  }

  /// What a store shows after a failure must not be taken back either. It need not show anything.
  private void readOn() {
    try {
      WorkSession session = sessions.await();
      for (int i = 0; i < LAST_READS; i++) {
        read(session);
      }
    } catch (Violation wrong) {
      reporter.failed(wrong);
    } catch (Exception | InternalError diskIsGone) {
      // Allowed.
    }
  }
}
