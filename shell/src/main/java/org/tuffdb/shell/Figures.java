package org.tuffdb.shell;

import java.util.Locale;

/// Numbers as people read them, the same in every country.
final class Figures {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final int STEP = 1000;

  private Figures() {}

  /// `12,345`.
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// A number of bytes in the unit that suits it: `512 B`, `45.1 MB`.
  static String size(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= STEP - 0.05 && unit < UNITS.length - 1) {
      size /= STEP;
      unit++;
    }
    return unit == 0
        ? bytes + " " + UNITS[0]
        : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }

  /// `1 table`, `2 tables`.
  static String many(long count, String what) {
    return count(count) + " " + what + (count == 1 ? "" : "s");
  }

  /// How many times one number goes into another: `2.5`.
  static String ratio(double ratio) {
    return String.format(Locale.ROOT, "%.1f", ratio);
  }

  /// A span of time: `1.2 ms`, `3.4 s`.
  static String time(long nanos) {
    return nanos < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  /// How long something short took: `850 ns`, `1.2 µs`; from a millisecond on like [#time(long)].
  static String latency(long nanos) {
    if (nanos >= 1_000_000) {
      return time(nanos);
    }
    return nanos < 1_000 ? nanos + " ns" : String.format(Locale.ROOT, "%.1f µs", nanos / 1e3);
  }
}
