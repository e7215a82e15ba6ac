package org.tuffdb;

import org.tuffdb.fs.Clock;

/// Measures how far flush and compaction are behind, and tells writers by [Backpressure].
final class Pressures {
  private static final String FLUSHES = "memtables wait to be flushed";
  private static final String MERGES = "tables wait to be merged";

  /// Some merges' length.
  private static final double AVERAGED_OVER_NANOS = 15e9;

  /// So much of what memtables may take is used before writers are slowed down.
  private static final double CALM_SHARE = 0.5;

  /// What a byte of the log takes in a memtable, roughly.
  private static final double MEMORY_PER_BYTE = 1.2;

  private final Keyspaces keyspaces;
  private final Compactor compactor;
  private final Backpressure backpressure;
  private final Clock clock;
  private final long memtablesBytes;

  // Guarded by this.
  private long averagedAtNanos;
  private double averaged;

  private volatile Backpressure.Pressure byTables = new Backpressure.Pressure(0, 0, MERGES);

  Pressures(Setup setup, Keyspaces keyspaces, Compactor compactor, Backpressure backpressure) {
    this.keyspaces = keyspaces;
    this.compactor = compactor;
    this.backpressure = backpressure;
    this.clock = setup.clock();
    this.memtablesBytes = setup.options().memtablesBytes();
    this.averagedAtNanos = clock.nanos();
  }

  /// Tells of both. Takes longer the more tables there are: for the lanes.
  synchronized void measure() {
    tellOfTables(averaged(Math.max(compactor.level0Pressure(), compactor.debtPressure())));
  }

  /// No merge is due: whatever was measured before, writers need not wait for any.
  synchronized void nothingDue() {
    averaged = 0;
    averagedAtNanos = clock.nanos();
    tellOfTables(0);
  }

  private void tellOfTables(double pressure) {
    byTables = new Backpressure.Pressure(pressure, 0, MERGES);
    measureMemory();
  }

  /// Tells how far flush is behind. For the leader of the commit pipeline too.
  void measureMemory() {
    double taken = (double) keyspaces.takenBytes() / memtablesBytes;
    backpressure.set(
        new Backpressure.Pressure(
            (taken - CALM_SHARE) / (1 - CALM_SHARE),
            MEMORY_PER_BYTE / (1 - CALM_SHARE) / memtablesBytes,
            FLUSHES),
        byTables);
  }

  /// Merges of different levels take turns, each for seconds: writers are to feel their average.
  /// The tables may wait for that long; what memory allows is not averaged. More than full pressure
  /// would only take longer to forget.
  private double averaged(double pressure) {
    long now = clock.nanos();
    double kept = Math.exp(-(now - averagedAtNanos) / AVERAGED_OVER_NANOS);
    averagedAtNanos = now;
    averaged = kept * averaged + (1 - kept) * Math.clamp(pressure, 0, 1);
    return averaged;
  }
}
