package org.tuffdb.fs;

/// The engine's only source of time.
public interface Clock {
  /// A reading of a clock that never goes back, in nanoseconds, to take differences of.
  long nanos();

  /// The time of day in milliseconds since 1970-01-01T00:00Z; it may jump.
  long epochMillis();

  /// The machine's clocks.
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
