package org.tuffdb.shell;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// Shows how far a command is, on a terminal; nothing elsewhere.
final class Progress implements AutoCloseable {
  private static final long MEGABYTE = 1_000_000;
  private static final int INTERVAL_MILLIS = 200;

  private final @Nullable ProgressBar bar;
  private final long begun = System.nanoTime();

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /// Begins with an input of `sizeBytes`, -1 if that is not known.
  static Progress begin(Console console, String task, long sizeBytes) {
    return new Progress(console.errColumns() > 0 ? bar(console, task, sizeBytes) : null);
  }

  private static ProgressBar bar(Console console, String task, long sizeBytes) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(sizeBytes)
        .setStyle(ProgressBarStyle.ASCII)
        .setUnit(" MB", MEGABYTE)
        .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        .setUpdateIntervalMillis(INTERVAL_MILLIS)
        .clearDisplayOnFinish()
        .setConsumer(
            new DelegatingProgressBarConsumer(
                line -> console.err().print("\r" + line), console.errColumns() - 1))
        .build();
  }

  /// Goes to `bytes`, after so many records.
  void updateRecords(long bytes, long records) {
    if (bar != null) {
      double seconds = (System.nanoTime() - begun) / 1e9;
      bar.setExtraMessage(String.format(Locale.ROOT, " %,.0f records/s", records / seconds));
      bar.stepTo(bytes);
    }
  }

  /// Goes to `bytes` of `sizeBytes`.
  void update(long bytes, long sizeBytes) {
    if (bar != null) {
      bar.maxHint(sizeBytes);
      bar.stepTo(bytes);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
