package org.tuffdb.fs;

import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until the test moves it.
public final class ManualClock implements Clock {
  private final AtomicLong nanos = new AtomicLong();

  /// A clock that reads 0.
  public ManualClock() {}

  /// Moves the time on.
  public void advance(long byNanos) {
    nanos.addAndGet(byNanos);
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public long epochMillis() {
    return nanos.get() / 1_000_000;
  }
}
