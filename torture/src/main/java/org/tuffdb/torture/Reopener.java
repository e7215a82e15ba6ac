package org.tuffdb.torture;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.tuffdb.Db;

/// Closes the store beneath its callers, opens it again and checks that it holds all they were
/// told, while it is interrupted itself. A store that has grown large is replaced by an empty one.
final class Reopener implements Runnable {
  private static final long SESSION_NANOS = 500_000_000;
  private static final long ENTRIES_MAX = 500_000;

  private final IntFunction<Db> stores;
  private final Sessions<Session> sessions;
  private final List<Caller> callers;
  private final Findings findings;
  private final Target target = new Target();
  private volatile boolean stopped;

  /// Changed by this thread alone, as `epoch` is.
  private int reopenings;

  private int epoch;

  /// @param stores opens the store of an epoch
  Reopener(
      IntFunction<Db> stores, Sessions<Session> sessions, List<Caller> callers, Findings findings) {
    this.stores = stores;
    this.sessions = sessions;
    this.callers = callers;
    this.findings = findings;
  }

  Target target() {
    return target;
  }

  int reopenings() {
    return reopenings;
  }

  /// Has the thread check the store a last time and end. To be called when no caller is left.
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    try {
      Db db = stores.apply(epoch);
      while (!stopped) {
        sessions.begin(new Session(db, epoch));
        awaitEnd();
        sessions.end();
        db = reopen(db);
        target.check(false);
      }
      reopen(db).close();
    } catch (Throwable failure) {
      findings.add("closing and opening", failure);
      sessions.giveUp();
    }
  }

  private void awaitEnd() {
    long end = System.nanoTime() + SESSION_NANOS;
    for (long left; !stopped && (left = end - System.nanoTime()) > 0; ) {
      target.check(true);
      LockSupport.parkNanos(left);
    }
  }

  private Db reopen(Db db) {
    db.close();
    Db again = stores.apply(epoch);
    Session session = new Session(again, epoch);
    callers.forEach(caller -> caller.verify(session));
    reopenings++;
    if (again.stats().entries() < ENTRIES_MAX) {
      return again;
    }
    again.close();
    return stores.apply(++epoch);
  }
}
