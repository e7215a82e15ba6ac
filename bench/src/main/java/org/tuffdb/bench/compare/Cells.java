package org.tuffdb.bench.compare;

import java.util.List;
import java.util.Locale;

/// What the cells of tables hold, and rows of Markdown.
final class Cells {
  /// Where there is no figure: nobody has told it, or there can be none.
  static final String UNKNOWN = "–";

  private Cells() {}

  static boolean isKnown(double value) {
    return value >= 0;
  }

  /// With about three digits.
  static String number(double value) {
    if (!isKnown(value)) {
      return UNKNOWN;
    }
    String form = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }

  /// With so many digits behind the point.
  static String number(double value, int digits) {
    return isKnown(value) ? String.format(Locale.ROOT, "%,." + digits + "f", value) : UNKNOWN;
  }

  static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  static String head(List<String> cells) {
    return row(cells) + "|---|" + "--:|".repeat(cells.size() - 1) + "\n";
  }
}
