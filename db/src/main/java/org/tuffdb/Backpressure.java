package org.tuffdb;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Clock;

/// Slows writers down a little and early, so that they never have to be stopped.
///
/// The *pressure* says how far the background is behind, from 0, not at all, to 1, as far as it
/// may. Each byte written costs a delay that grows with it: somewhere on the way writing gets as
/// slow as the background is, and stays there. Delays are gathered until they are worth going to
/// sleep for. Between two measurements the bytes that are written raise the pressure, so that it
/// changes little by little.
final class Backpressure {
  /// The delay of a byte at full pressure has two parts. One grows with the pressure and finds the
  /// rate that the background keeps up with: at a third of full pressure some 30 MB/s. The other
  /// grows with its sixth power, and ends at half a megabyte a second.
  private static final double NANOS_PER_BYTE_EVEN = 100;

  private static final double NANOS_PER_BYTE_STEEP = 2_000;

  /// What is less is not noticed.
  private static final double PRESSURE_MIN = 0.02;

  /// What is told as an event: 20 MB/s and less.
  private static final double PRESSURE_TOLD = 0.45;

  private static final long PAUSE_NANOS_MIN = 150_000;
  private static final long PAUSE_NANOS_MAX = 10_000_000;

  /// What a large batch owes beyond this is forgiven.
  private static final long OWED_NANOS_MAX = 100_000_000;

  private final Background background;
  private final Clock clock;
  private final Listener listener;

  private final LongAdder delayedNanos = new LongAdder();

  /// One reason to slow down: how far behind its part of the background is, and how much each byte
  /// that is written from now on adds to that.
  ///
  /// @param cause what writers wait for, in a few words
  record Pressure(double now, double perByte, String cause) {
    double after(long bytes) {
      return now + perByte * bytes;
    }
  }

  /// What was measured since the leader looked here.
  private final AtomicReference<Pressure @Nullable []> measured = new AtomicReference<>();

  // For the leader of the commit pipeline.
  private Pressure[] known = {};
  private long bytesSince;
  private double owedNanos;
  private boolean slow;

  private volatile double nanosPerByte;

  Backpressure(Setup setup) {
    this.background = setup.background();
    this.clock = setup.clock();
    this.listener = setup.listener();
  }

  /// Sets the pressures as they are now. The strongest of them counts.
  void set(Pressure... now) {
    measured.set(now.clone());
  }

  /// Has the leader of the commit pipeline wait as writing `bytes` demands.
  void delay(long bytes) {
    Pressure strongest = strongest(bytes);
    if (strongest == null) {
      owedNanos = 0;
      return;
    }
    owedNanos += nanosPerByte * bytes;
    if (owedNanos >= PAUSE_NANOS_MIN) {
      long begun = clock.nanos();
      background.pause((long) Math.min(owedNanos, PAUSE_NANOS_MAX));
      long waited = clock.nanos() - begun;
      owedNanos = Math.clamp(owedNanos - waited, -PAUSE_NANOS_MAX, OWED_NANOS_MAX);
      delayedNanos.add(waited);
    }
  }

  private @Nullable Pressure strongest(long bytes) {
    Pressure[] fresh = measured.get();
    if (fresh != null) {
      measured.compareAndSet(fresh, null);
      known = fresh;
      bytesSince = 0;
    }
    bytesSince += bytes;
    Pressure strongest = null;
    double most = PRESSURE_MIN;
    for (Pressure pressure : known) {
      double after = pressure.after(bytesSince);
      if (after > most) {
        most = after;
        strongest = pressure;
      }
    }
    double bounded = Math.min(most, 1);
    nanosPerByte = strongest == null ? 0 : nanosPerByte(bounded);
    tell(strongest, most > PRESSURE_TOLD);
    return strongest;
  }

  private static double nanosPerByte(double pressure) {
    double cubed = pressure * pressure * pressure;
    return NANOS_PER_BYTE_EVEN * pressure + NANOS_PER_BYTE_STEEP * cubed * cubed;
  }

  private void tell(@Nullable Pressure strongest, boolean slower) {
    if (slow && strongest == null) {
      slow = false;
      listener.on(new Event.WritesSlowed("nothing", Long.MAX_VALUE));
    } else if (!slow && strongest != null && slower) {
      slow = true;
      listener.on(new Event.WritesSlowed(strongest.cause, bytesPerSecond()));
    }
  }

  /// For how long writers were delayed so far.
  long delayedNanos() {
    return delayedNanos.sum();
  }

  /// How many bytes a second writers may write now; [Long#MAX_VALUE] if they are not held back.
  long bytesPerSecond() {
    double each = nanosPerByte;
    return each == 0 ? Long.MAX_VALUE : (long) (1e9 / each);
  }
}
