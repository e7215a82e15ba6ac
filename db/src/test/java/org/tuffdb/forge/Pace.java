package org.tuffdb.forge;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How long a test goes on that could go on for ever: as often as the system property
/// `tuffdb.cases` says, else for `tuffdb.seconds`, else as often as it chooses.
public final class Pace {
  private final long begunNanos = System.nanoTime();
  private final long casesMax;
  private final long nanosMax;
  private long cases;

  private Pace(long casesMax, long nanosMax) {
    this.casesMax = casesMax;
    this.nanosMax = nanosMax;
  }

  public static Pace of(int casesOtherwise) {
    return shared(casesOtherwise, 1);
  }

  /// The pace of one of `parts` that come one after the other.
  public static Pace shared(int casesOtherwise, int parts) {
    Integer cases = property("tuffdb.cases");
    Integer seconds = property("tuffdb.seconds");
    if (cases != null) {
      return new Pace(Math.ceilDiv(cases, parts), Long.MAX_VALUE);
    }
    return seconds == null
        ? new Pace(Math.ceilDiv(casesOtherwise, parts), Long.MAX_VALUE)
        : new Pace(Long.MAX_VALUE, TimeUnit.SECONDS.toNanos(seconds) / parts);
  }

  private static @Nullable Integer property(String name) {
    return Integer.getInteger(name);
  }

  /// Counts one more, if there is to be one.
  public boolean goesOn() {
    return cases++ < casesMax && System.nanoTime() - begunNanos < nanosMax;
  }

  /// How long it has taken.
  public String seconds() {
    return "%.1f s".formatted((System.nanoTime() - begunNanos) / 1e9);
  }
}
