package org.tuffdb.compact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.tuffdb.bytes.Keys;
import org.tuffdb.compact.Task.Reason;
import org.tuffdb.entry.Skyline;
import org.tuffdb.table.TableInfo;

/// Chooses what is done next with the tables of a keyspace: a pure function of their shape.
///
/// In this order: drop what a range delete covers; relieve the level that is most above its target;
/// push tables dense in tombstones down; write anew what a released snapshot held in the last
/// level; and if there is time, make the store small.
///
/// It comes to an end: whatever is merged or moved goes a level down, or, in the last level, loses
/// what made it due.
public final class Picker {
  private static final Task NOTHING = new Task.Nothing();

  /// With time, the levels above the last one may hold one part in so many of its size.
  private static final int CALM_ABOVE_SHARE = 16;

  /// With time, one in so many entries of a table of the last level may be a tombstone or an older
  /// version.
  private static final int CALM_GARBAGE_SHARE = 32;

  private final Shape shape;
  private final CompactionOptions options;
  private final Targets targets;
  private final int last;

  Picker(Shape shape, CompactionOptions options) {
    this.shape = shape;
    this.options = options;
    this.targets = Targets.of(shape, options);
    this.last = shape.lastLevel();
  }

  /// What is to be done next.
  public static Task pick(Shape shape, CompactionOptions options) {
    return new Picker(shape, options).pick();
  }

  /// What is to be done next to bring all that was written up to `sequence` about the keys from
  /// `start` on and below `limit` to the last level, and to write that anew as far as it is in
  /// files whose numbers are below `fileNumber`. Called again with the shape after each task, and
  /// the same numbers, this comes to [Task.Nothing] whatever is written meanwhile.
  public static Task range(
      Shape shape,
      CompactionOptions options,
      byte[] start,
      byte[] limit,
      long sequence,
      long fileNumber) {
    return new Picker(shape, options).range(start, limit, sequence, fileNumber);
  }

  /// An estimate of how many bytes have to be written until nothing is due.
  public static long debtBytes(Shape shape, CompactionOptions options) {
    return new Debt(shape, new Picker(shape, options)).bytes();
  }

  /// The same of what gets worse by waiting: not what would only take less room.
  public static long pressingBytes(Shape shape, CompactionOptions options) {
    return new Debt(shape, new Picker(shape, options)).pressingBytes();
  }

  Targets targets() {
    return targets;
  }

  private Task pick() {
    Task task = dropCovered();
    if (task.isNothing()) {
      task = relieveLevel();
    }
    if (task.isNothing()) {
      task = push(this::isDense, Reason.TOMBSTONES);
    }
    if (task.isNothing()) {
      task = rewriteReleased();
    }
    return task.isNothing() && shape.calm() ? makeSmall() : task;
  }

  private Task dropCovered() {
    if (shape.rangeDeletes().isEmpty()) {
      return NOTHING;
    }
    Stripes deletes = new Stripes(shape.rangeDeletes(), shape.snapshots());
    List<Task.Placed> covered = new ArrayList<>();
    for (int level = 0; level <= last; level++) {
      for (TableInfo table : shape.level(level)) {
        if (isCovered(table, deletes.around(table.oldestSequence()))) {
          covered.add(new Task.Placed(table, level));
        }
      }
    }
    return covered.isEmpty() ? NOTHING : new Task.Drop(covered);
  }

  /// What the table deletes is covered, too: the range delete, being newer, deletes it as well.
  ///
  /// @param deletes those that everybody sees who sees anything of the table
  private static boolean isCovered(TableInfo table, Skyline deletes) {
    for (int i = deletes.piece(table.first()); i >= 0 && i < deletes.pieces(); i++) {
      if (deletes.sequence(i) <= table.newestSequence()) {
        return false;
      }
      if (Arrays.equals(Keys.higherLimit(deletes.limit(i), table.limit()), deletes.limit(i))) {
        return true;
      }
    }
    return false;
  }

  private Task relieveLevel() {
    int fullest = -1;
    for (int level = 0; level < last; level++) {
      if (isFull(level) && (fullest < 0 || fullness(level) > fullness(fullest))) {
        fullest = level;
      }
    }
    return switch (fullest) {
      case -1 -> NOTHING;
      case 0 -> down(0, level0With(shape.level(0).getLast()), Reason.LEVEL_0);
      default -> down(fullest, cheapestFirstDense(fullest), Reason.LEVEL_SIZE);
    };
  }

  boolean isFull(int level) {
    return level == 0
        ? shape.level(0).size() >= options.level0Tables()
        : shape.sizeBytes(level) > targets.bytes(level);
  }

  private double fullness(int level) {
    return level == 0
        ? shape.level(0).size() / (double) options.level0Tables()
        : shape.sizeBytes(level) / (double) targets.bytes(level);
  }

  private List<TableInfo> cheapestFirstDense(int level) {
    List<TableInfo> dense = shape.level(level).stream().filter(this::isDense).toList();
    return List.of(cheapest(level, dense.isEmpty() ? shape.level(level) : dense));
  }

  /// The one for which the least has to be written anew below for each of its bytes.
  private TableInfo cheapest(int level, List<TableInfo> tables) {
    TableInfo cheapest = tables.getFirst();
    double lowest = Double.MAX_VALUE;
    for (TableInfo table : tables) {
      double cost = shape.overlapBytes(level + 1, table) / (double) table.sizeBytes();
      if (cost < lowest) {
        cheapest = table;
        lowest = cost;
      }
    }
    return cheapest;
  }

  /// A table of level 0 with all others there that overlap it, or that overlap one which does.
  /// Nothing older may stay behind, above what is newer; nothing newer needs to.
  private List<TableInfo> level0With(TableInfo table) {
    byte[] first = table.first();
    byte[] limit = table.limit();
    List<TableInfo> together = List.of();
    for (List<TableInfo> more = List.of(table); more.size() > together.size(); ) {
      together = more;
      for (TableInfo member : together) {
        first = Keys.lowerKey(member.first(), first);
        limit = Keys.higherLimit(member.limit(), limit);
      }
      more = shape.overlapping(0, first, limit);
    }
    return together;
  }

  /// Tables for which `isDue` holds go down, those of the highest level first: what they hold then
  /// gathers on the way.
  private Task push(Predicate<TableInfo> isDue, Reason reason) {
    for (int level = 0; level < last; level++) {
      List<TableInfo> due = shape.level(level).stream().filter(isDue).toList();
      if (!due.isEmpty()) {
        List<TableInfo> upper =
            level == 0 ? level0With(due.getLast()) : List.of(cheapest(level, due));
        return down(level, upper, reason);
      }
    }
    return NOTHING;
  }

  boolean isDense(TableInfo table) {
    return hasTombstones(table, options.tombstoneShare());
  }

  private static boolean hasTombstones(TableInfo table, int share) {
    long tombstones = table.deletes() + table.rangeDeletes();
    return tombstones > 0 && tombstones * share >= table.entries() + table.rangeDeletes();
  }

  private static boolean hasGarbage(TableInfo table, int share) {
    long garbage = table.deletes() + table.rangeDeletes() + table.entries() - table.keys();
    return garbage > 0 && garbage * share >= table.entries() + table.rangeDeletes();
  }

  private Task rewriteReleased() {
    for (TableInfo table : shape.level(last)) {
      if (isReleased(table)) {
        return new Task.Merge(last, last, List.of(table), List.of(), Reason.SNAPSHOT_RELEASED);
      }
    }
    return NOTHING;
  }

  /// Whether writing a table of the last level anew is worth it: snapshots needed its tombstones
  /// and older versions, and do so no more.
  boolean isReleased(TableInfo table) {
    int share = options.tombstoneShare();
    return isOlderThanSnapshots(table)
        && hasGarbage(table, shape.calm() ? Math.max(CALM_GARBAGE_SHARE, share) : share);
  }

  /// Whether no snapshot is older than anything in the table. Only then are all tombstones and
  /// older versions sure to vanish at the bottom: the table does not become due again.
  private boolean isOlderThanSnapshots(TableInfo table) {
    return table.newestSequence() <= shape.snapshots().oldest();
  }

  private Task makeSmall() {
    if (!shape.level(0).isEmpty()) {
      return down(0, level0With(shape.level(0).getLast()), Reason.CALM);
    }
    Task task = push(table -> table.rangeDeletes() > 0, Reason.CALM);
    if (task.isNothing() && tooMuchAboveBytes() > 0) {
      int level = last - 1;
      while (shape.level(level).isEmpty()) {
        level--;
      }
      return down(level, cheapestFirstDense(level), Reason.CALM);
    }
    return task;
  }

  /// By how much too large the levels above the last one are for a small store, where what their
  /// deletes hide below counts as well.
  long tooMuchAboveBytes() {
    long bytes = 0;
    long deletes = 0;
    for (int level = 1; level < last; level++) {
      bytes += shape.sizeBytes(level);
      for (TableInfo table : shape.level(level)) {
        deletes += table.deletes();
      }
    }
    return bytes + deletes * lastEntryBytes() - shape.sizeBytes(last) / CALM_ABOVE_SHARE;
  }

  private long lastEntryBytes() {
    long entries = shape.level(last).stream().mapToLong(TableInfo::entries).sum();
    return entries == 0 ? 0 : shape.sizeBytes(last) / entries;
  }

  private Task down(int fromLevel, List<TableInfo> upper, Reason reason) {
    int toLevel = fromLevel == 0 ? targets.baseLevel() : fromLevel + 1;
    byte[] first = upper.getFirst().first();
    byte[] limit = upper.getFirst().limit();
    for (TableInfo table : upper) {
      first = Keys.lowerKey(table.first(), first);
      limit = Keys.higherLimit(table.limit(), limit);
    }
    List<TableInfo> lower = shape.overlapping(toLevel, first, limit);
    if (upper.size() == 1 && lower.isEmpty() && mayMove(upper.getFirst(), toLevel)) {
      return new Task.Move(upper.getFirst(), fromLevel, toLevel, reason);
    }
    return new Task.Merge(fromLevel, toLevel, upper, lower, reason);
  }

  private boolean mayMove(TableInfo table, int toLevel) {
    return table.isCompressed() == options.isCompressed(toLevel)
        && !losesTombstones(table, toLevel)
        && (toLevel == last
            || shape.overlapBytes(toLevel + 1, table) <= options.grandparentBytes());
  }

  private boolean losesTombstones(TableInfo table, int toLevel) {
    return table.deletes() + table.rangeDeletes() > 0
        && isOlderThanSnapshots(table)
        && shape.isNothingBelow(toLevel, table);
  }

  private Task range(byte[] start, byte[] limit, long sequence, long fileNumber) {
    for (int level = 0; level < last; level++) {
      for (TableInfo table : shape.overlapping(level, start, limit)) {
        if (table.oldestSequence() <= sequence) {
          List<TableInfo> upper = level == 0 ? level0With(table) : List.of(table);
          return down(level, upper, Reason.RANGE);
        }
      }
    }
    return shape.overlapping(last, start, limit).stream()
        .filter(table -> table.number() < fileNumber)
        .min(Comparator.comparingLong(TableInfo::number))
        .<Task>map(table -> new Task.Merge(last, last, List.of(table), List.of(), Reason.RANGE))
        .orElse(NOTHING);
  }
}
