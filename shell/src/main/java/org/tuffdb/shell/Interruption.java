package org.tuffdb.shell;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The wish of the user, by Ctrl-C, that the running command ends.
final class Interruption {
  /// How long the end of the process waits for a section that wants to end in good order. The store
  /// is whole in any case.
  private static final long PATIENCE_SECONDS = 3;

  private final Semaphore section = new Semaphore(1);
  private volatile boolean requested;

  /// An interruption that the end of the process, by Ctrl-C or another signal, requests.
  static Interruption ofProcess() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::awaitSection, "tuff ends"));
    return interruption;
  }

  private void awaitSection() {
    request();
    try {
      if (section.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        section.release();
      }
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
  }

  void request() {
    requested = true;
  }

  void clear() {
    requested = false;
  }

  boolean isRequested() {
    return requested;
  }

  /// Begins a section that the end of the process waits for. It is to look for [#isRequested()].
  Section begin() {
    section.acquireUninterruptibly();
    return section::release;
  }

  /// Closed where the section ends.
  interface Section extends AutoCloseable {
    @Override
    void close();
  }
}
