package org.tuffdb.torture;

import java.util.ArrayDeque;
import java.util.Deque;

/// What is to be put away when this process ends, in whatever way: mounts, devices, processes,
/// folders. What came last goes first. Only signal 9 is too fast for it.
final class Cleanup {
  private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
  private static boolean ending;

  static {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Cleanup::closeAll));
  }

  private Cleanup() {}

  /// While this process ends, nothing is made any more: the caller stops here.
  static void add(AutoCloseable open) {
    stopIfEnding();
    synchronized (OPEN) {
      OPEN.push(open);
    }
  }

  static void stopIfEnding() {
    synchronized (OPEN) {
      while (ending) {
        try {
          OPEN.wait();
        } catch (InterruptedException e) {
          // There is nothing to go on with.
        }
      }
    }
  }

  /// To be called when `open` is put away already, or is to be kept.
  static void remove(AutoCloseable open) {
    synchronized (OPEN) {
      OPEN.remove(open);
    }
  }

  private static void closeAll() {
    synchronized (OPEN) {
      ending = true;
    }
    while (true) {
      AutoCloseable next;
      synchronized (OPEN) {
        if (OPEN.isEmpty()) {
          return;
        }
        next = OPEN.pop();
      }
      try {
        next.close();
      } catch (Exception failure) {
        System.err.println("cannot clean up: " + failure);
      }
    }
  }
}
