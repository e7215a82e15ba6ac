package org.tuffdb.workload;

/// The kinds of entries that workloads are about.
public enum Data {
  /// Keys of 16 decimal digits, as in db_bench.
  PLAIN("plain", 1, 1, 0),

  /// Keys that begin and end alike.
  PREFIX("prefix", 1, 1, 0),

  /// Values of 1 KiB.
  KIB_1("1k", 1, 5, 1 << 10),

  /// Values of 64 KiB.
  KIB_64("64k", 1, 200, 64 << 10),

  /// More than fits in the memory that there is.
  LARGE("large", 5, 1, 0),

  /// As many as there are of [RealEntries], and no more than asked for.
  REAL("realdata", 1, 1, 0);

  private final String label;
  private final int factor;
  private final int divisor;
  private final int valueBytes;

  /// @param factor how many times as many entries there are as asked for
  /// @param divisor of that number
  /// @param valueBytes 0 if there are as many as asked for
  Data(String label, int factor, int divisor, int valueBytes) {
    this.label = label;
    this.factor = factor;
    this.divisor = divisor;
    this.valueBytes = valueBytes;
  }

  /// What it is called, for instance in names of directories.
  public String label() {
    return label;
  }

  /// How many entries there are if so many are asked for.
  public int count(int asked) {
    return Math.toIntExact(Math.max(1, (long) asked * factor / divisor));
  }

  Entries entries(Settings settings) {
    int count = count(settings.entries());
    int bytes = valueBytes > 0 ? valueBytes : settings.valueBytes();
    return switch (this) {
      case REAL -> RealEntries.read(settings.seed(), count);
      case PREFIX -> new NumberedEntries(settings.seed(), count, bytes, "user:", 11, ":field");
      default -> new NumberedEntries(settings.seed(), count, bytes, "", 16, "");
    };
  }
}
