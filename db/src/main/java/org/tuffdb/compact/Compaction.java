package org.tuffdb.compact;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongPredicate;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.table.OutOfOrderException;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableWriter;

/// One run of a merge or a flush: entries and range deletes go in, and what anybody may still read
/// of them comes out in new tables. Memory does not grow with what is merged.
///
/// ```
/// inputs ── LoserTree ── Retention ── OutputTables ── new tables
///           one order    what is      cuts
///                        needed
/// ```
public final class Compaction {
  /// So often it is asked whether to go on: whichever comes first.
  private static final int ENTRIES_PER_CHECK = 1024;

  private static final long BYTES_PER_CHECK = 4 << 20;

  private final List<EntryCursor> inputs;
  private final int prefixLength;
  private final Retention retention;
  private final OutputTables tables;
  private final LongPredicate cancelled;

  /// Where the tables go.
  @FunctionalInterface
  public interface Outputs {
    /// Begins another table.
    TableWriter begin() throws IOException;
  }

  /// What came of it.
  ///
  /// @param tables the new tables in the order of their keys, disjoint; there may be none
  /// @param entriesRead how many entries the inputs had
  /// @param entriesWritten how many of them the new tables have
  /// @param bytesWritten the size of the new tables
  public record Result(
      List<TableInfo> tables, long entriesRead, long entriesWritten, long bytesWritten) {}

  private Compaction(
      List<EntryCursor> inputs,
      int prefixLength,
      Retention retention,
      OutputTables tables,
      LongPredicate cancelled) {
    this.inputs = inputs;
    this.prefixLength = prefixLength;
    this.retention = retention;
    this.tables = tables;
    this.cancelled = cancelled;
  }

  /// Merges the tables of a task.
  ///
  /// @param task what [Picker] chose for `shape`
  /// @param inputs the tables of the task, in any order
  /// @param cancelled is asked now and then, with how many entries have been read so far
  /// @throws CancellationException once `cancelled` says so
  /// @throws IOException as all else that is thrown, leaves unfinished tables behind, closed, for
  ///   the caller to delete
  public static Result merge(
      Task.Merge task,
      Shape shape,
      CompactionOptions options,
      List<Table> inputs,
      Outputs outputs,
      LongPredicate cancelled)
      throws IOException {
    Deeper deeper = new Deeper(shape.levels().subList(task.toLevel() + 1, shape.levels().size()));
    Retention retention = new Retention(rangeDeletes(inputs), shape.snapshots(), deeper);
    List<TableInfo> grandparents =
        task.toLevel() == shape.lastLevel() ? List.of() : shape.level(task.toLevel() + 1);
    OutputTables tables =
        new OutputTables(
            outputs,
            retention.keptRangeDeletes(),
            options.tableBytes(),
            grandparents,
            options.grandparentBytes());
    List<EntryCursor> sweeps = inputs.stream().map(Table::sweep).toList();
    return new Compaction(sweeps, prefixLength(inputs), retention, tables, cancelled).run();
  }

  /// Writes a memtable into one table of level 0; into none if it is empty.
  ///
  /// @param entries walks over the memtable, and is closed
  /// @param cancelled as for a merge
  public static Result flush(
      EntryCursor entries,
      RangeDeletes rangeDeletes,
      Snapshots snapshots,
      Outputs outputs,
      LongPredicate cancelled)
      throws IOException {
    Retention retention = new Retention(rangeDeletes.all(), snapshots, Deeper.unknown());
    OutputTables tables =
        new OutputTables(outputs, retention.keptRangeDeletes(), Long.MAX_VALUE, List.of(), 0);
    return new Compaction(List.of(entries), 0, retention, tables, cancelled).run();
  }

  private static List<RangeDelete> rangeDeletes(List<Table> tables) {
    List<RangeDelete> all = new ArrayList<>();
    for (Table table : tables) {
      all.addAll(table.rangeDeletes().within(table.info().first(), table.info().limit()));
    }
    return all;
  }

  /// With how many bytes all keys of the tables begin alike.
  private static int prefixLength(List<Table> tables) {
    byte[] first = tables.getFirst().info().first();
    byte[] limit = tables.getFirst().info().limit();
    for (Table table : tables) {
      first = Keys.lowerKey(table.info().first(), first);
      limit = Keys.higherLimit(table.info().limit(), limit);
    }
    int mismatch = java.util.Arrays.mismatch(first, limit);
    return mismatch < 0 ? first.length : mismatch;
  }

  private Result run() throws IOException {
    try (tables) {
      long read = 0;
      long written = 0;
      long bytesUnchecked = 0;
      boolean otherKey = false;
      LoserTree merge = new LoserTree(inputs, prefixLength);
      for (boolean there = merge.first(); there; there = merge.next()) {
        if (read % ENTRIES_PER_CHECK == 0 || bytesUnchecked > BYTES_PER_CHECK) {
          bytesUnchecked = 0;
          requireWanted(read);
        }
        read++;
        EntryCursor at = merge.current();
        bytesUnchecked += at.valueLength();
        if (at.sequence() < 0) {
          throw at.damage("an entry has no sequence");
        }
        boolean keeps = retention.keeps(at);
        otherKey |= retention.isAtFirstVersion();
        if (keeps) {
          add(at, otherKey);
          otherKey = false;
          written++;
        }
      }
      List<TableInfo> finished = tables.finish();
      return new Result(finished, read, written, Shape.sizeBytes(finished));
    } finally {
      inputs.forEach(EntryCursor::close);
    }
  }

  private void requireWanted(long entriesRead) {
    if (cancelled.test(entriesRead)) {
      throw new CancellationException();
    }
  }

  /// Where entries come in no order, so do those of the input that this one is of.
  private void add(EntryCursor at, boolean otherKey) throws IOException {
    try {
      tables.add(at, otherKey, retention.keptSequence(at.sequence()));
    } catch (OutOfOrderException disorder) {
      RuntimeException damage = at.damage("its entries are not in order");
      damage.initCause(disorder);
      throw damage;
    }
  }
}
