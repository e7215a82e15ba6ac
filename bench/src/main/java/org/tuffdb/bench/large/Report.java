package org.tuffdb.bench.large;

import java.util.Locale;

/// Prints figures beside the limits that they must keep, and remembers whether one was missed.
final class Report {
  private boolean missed;

  void title(String title) {
    print("%s (%s)".formatted(title, Watch.machine()));
  }

  /// A figure without a limit.
  void line(String what, String text) {
    print("%-46s %s".formatted(what, text));
  }

  /// How long something took that was done `count` times since `watch` began.
  void rate(String what, long count, Watch watch) {
    double seconds = Math.max(1, watch.nanos()) / 1e9;
    line(
        what,
        "%,d in %.1f s, %,.0f/s, %.1f s of CPU"
            .formatted(count, seconds, count / seconds, watch.cpuNanos() / 1e9));
  }

  void atMost(String what, double value, double limit, String unit) {
    judge(what, value, "at most", limit, unit, value <= limit);
  }

  void atLeast(String what, double value, double limit, String unit) {
    judge(what, value, "at least", limit, unit, value >= limit);
  }

  private void judge(
      String what, double value, String kind, double limit, String unit, boolean kept) {
    line(
        what,
        "%s %s   (%s %s)%s"
            .formatted(number(value), unit, kind, number(limit), kept ? "" : "   MISSED"));
    missed |= !kept;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%,.0f" : "%.2f", value);
  }

  /// Something that must not be.
  void fail(String what, String text) {
    line(what, text + "   FAILED");
    missed = true;
  }

  /// Why nothing can be said on this machine.
  void skipped(String reason) {
    print("SKIPPED: " + reason);
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  int exitCode() {
    return missed ? 1 : 0;
  }
}
