package org.tuffdb.torture;

import java.util.concurrent.TimeUnit;

/// Shows now and then how far a campaign is.
final class Progress {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String name;
  private final long begunNanos = System.nanoTime();
  private long shownNanos = begunNanos;

  Progress(String name) {
    this.name = name;
  }

  void show(String figures) {
    long now = System.nanoTime();
    if (now - shownNanos >= PAUSE_NANOS) {
      shownNanos = now;
      System.out.printf("%s: %s, %s%n", name, figures, seconds());
    }
  }

  /// How long it has taken.
  String seconds() {
    return "%.0f s".formatted((System.nanoTime() - begunNanos) / 1e9);
  }
}
