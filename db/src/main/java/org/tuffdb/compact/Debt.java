package org.tuffdb.compact;

import java.util.List;
import org.tuffdb.table.TableInfo;

/// Estimates how much compaction still has to write. What is too much in a level is written into
/// the next one, together with its share of what is there, and may be too much there in turn.
final class Debt {
  private final Shape shape;
  private final Picker picker;
  private final int last;

  Debt(Shape shape, Picker picker) {
    this.shape = shape;
    this.picker = picker;
    this.last = shape.lastLevel();
  }

  /// All that is due.
  long bytes() {
    return pressingBytes() + rewrittenBytes() + calmBytes();
  }

  /// What levels hold too much: the more that is, the more every read costs, and the more writing.
  long pressingBytes() {
    int base = picker.targets().baseLevel();
    long arriving = isLevel0Due() ? shape.sizeBytes(0) : 0;
    long debt = arriving == 0 ? 0 : arriving + shape.sizeBytes(base);
    for (int level = base; level < last; level++) {
      long present = shape.sizeBytes(level) + arriving;
      long tooMuch = Math.max(0, present - picker.targets().bytes(level));
      arriving = Math.max(tooMuch, pushedBytes(level));
      debt += withShareBelow(arriving, present, level + 1);
    }
    return debt;
  }

  private boolean isLevel0Due() {
    List<TableInfo> tables = shape.level(0);
    return picker.isFull(0)
        || (shape.calm() && !tables.isEmpty())
        || tables.stream().anyMatch(picker::isDense);
  }

  private long pushedBytes(int level) {
    return shape.level(level).stream()
        .filter(table -> picker.isDense(table) || (shape.calm() && table.rangeDeletes() > 0))
        .mapToLong(TableInfo::sizeBytes)
        .sum();
  }

  private long withShareBelow(long leaving, long present, int below) {
    return leaving == 0
        ? 0
        : leaving + (long) ((double) leaving / present * shape.sizeBytes(below));
  }

  private long rewrittenBytes() {
    return shape.level(last).stream()
        .filter(picker::isReleased)
        .mapToLong(TableInfo::sizeBytes)
        .sum();
  }

  private long calmBytes() {
    long tooMuch = shape.calm() ? Math.max(0, picker.tooMuchAboveBytes()) : 0;
    return tooMuch == 0 ? 0 : tooMuch + shape.sizeBytes(last);
  }
}
