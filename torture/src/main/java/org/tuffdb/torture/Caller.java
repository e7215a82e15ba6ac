package org.tuffdb.torture;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.Queryable;
import org.tuffdb.Snapshot;
import org.tuffdb.error.DbClosedException;

/// Uses a store in every way while it is interrupted, and checks all it is told. It numbers its
/// writes; the key is its own number and that of the write:
///
/// ```
/// offset size
///      0    4  number of the caller, big-endian
///      4    8  number of the write, big-endian
/// ```
final class Caller implements Runnable {
  private static final int BATCH = 8;
  private static final int SCAN = 50;
  private static final int KEYSPACES = 50;

  private final int number;
  private final Sessions<Session> sessions;
  private final Findings findings;
  private final SplittableRandom random;
  private final Target target = new Target();
  private volatile boolean stopped;

  /// Set by the caller alone: the writes from `first` on, up to but without `next`, are
  /// acknowledged by the store of `epoch`.
  private volatile long next;

  private volatile long first;
  private volatile int epoch;
  private long otherCalls;

  Caller(int number, Sessions<Session> sessions, Findings findings, SplittableRandom random) {
    this.number = number;
    this.sessions = sessions;
    this.findings = findings;
    this.random = random;
  }

  Target target() {
    return target;
  }

  void stop() {
    stopped = true;
  }

  /// How many writes were acknowledged in all.
  long acknowledged() {
    return next;
  }

  /// How many other calls there were; to be asked when the caller has ended.
  long otherCalls() {
    return otherCalls;
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        call(sessions.await());
        target.check(random.nextInt(4) == 0);
      }
    } catch (Throwable failure) {
      findings.add("caller " + number + " on " + Thread.currentThread(), failure);
    }
  }

  private void call(Session session) {
    if (session.epoch() != epoch) {
      first = next;
      epoch = session.epoch();
    }
    try {
      call(session.db());
    } catch (DbClosedException closed) {
      if (!sessions.isOver(session)) {
        throw closed;
      }
    }
  }

  private void call(Db db) {
    switch (random.nextInt(12)) {
      case 0, 1 -> put(db, Durability.SYNC);
      case 2, 3 -> put(db, Durability.BUFFERED);
      case 4 -> write(db, false);
      case 5 -> write(db, true);
      case 6 -> other(db::sync);
      case 7 -> other(() -> readOne(db));
      case 8 -> other(() -> scan(db));
      case 9 -> other(() -> readSnapshot(db));
      case 10 -> other(() -> db.keyspace("k" + random.nextInt(KEYSPACES)));
      default -> other(db::stats);
    }
  }

  private void other(Runnable call) {
    call.run();
    otherCalls++;
  }

  private void put(Db db, Durability durability) {
    db.put(key(next), value(next), durability);
    acknowledged(db, 1);
  }

  private void write(Db db, boolean async) {
    Batch batch = new Batch();
    for (int i = 0; i < BATCH; i++) {
      batch.put(key(next + i), value(next + i));
    }
    Durability durability = random.nextBoolean() ? Durability.SYNC : Durability.BUFFERED;
    if (async) {
      writeAsync(db, batch, durability);
    } else {
      db.write(batch, durability);
    }
    acknowledged(db, BATCH);
  }

  private static void writeAsync(Db db, Batch batch, Durability durability) {
    try {
      db.writeAsync(batch, durability).toCompletableFuture().join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof DbClosedException closed ? closed : failure;
    }
  }

  private void acknowledged(Db db, int count) {
    long last = next + count - 1;
    next = last + 1;
    check(db, last);
  }

  private void readOne(Db db) {
    if (next > first) {
      check(db, random.nextLong(first, next));
    }
  }

  private void readSnapshot(Db db) {
    db.sync();
    try (Snapshot visible = db.snapshot();
        Snapshot durable = db.durableSnapshot()) {
      scan(visible);
      scan(durable);
    }
  }

  private void scan(Queryable store) {
    long from = Math.max(first, next - SCAN);
    try (Cursor cursor = store.scan(KeyRange.closedOpen(key(from), key(next)))) {
      for (long i = from; i < next; i++) {
        if (!cursor.next()
            || !Arrays.equals(cursor.key(), key(i))
            || !Arrays.equals(cursor.value(), value(i))) {
          throw new Violation("lost: a scan does not find write " + i + " of caller " + number);
        }
      }
      if (cursor.next()) {
        throw new Violation("a scan goes over its end");
      }
    }
  }

  /// Checks that a store that was opened again holds what this caller was told.
  void verify(Session session) {
    long end = next;
    if (epoch == session.epoch()) {
      for (long i = first; i < end; i++) {
        check(session.db(), i);
      }
    }
  }

  private void check(Queryable store, long write) {
    byte @Nullable [] found = store.get(key(write));
    if (!Arrays.equals(found, value(write))) {
      throw new Violation("lost: write " + write + " of caller " + number);
    }
  }

  private byte[] key(long write) {
    return ByteBuffer.allocate(12).putInt(number).putLong(write).array();
  }

  private byte[] value(long write) {
    SplittableRandom bytes = new SplittableRandom(write << 8 | number);
    byte[] value = new byte[(int) (write % 100)];
    bytes.nextBytes(value);
    return value;
  }
}
