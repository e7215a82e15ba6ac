package org.tuffdb.compact;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.table.OutOfOrderException;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableWriter;

/// Writes entries into one table after another. A table is *cut*, and the next one begins, where it
/// is large enough, or where it would overlap too much of the level below its own, the
/// *grandparents* of what is merged; always between two keys. Each table gets the part of the range
/// deletes that lies between its cuts.
///
/// ```
/// entries        a b  c   d  e f       g      h
/// range deletes      ─────────────────────
/// grandparents   ──────  ──── ─────  ─────  ─────
/// tables         ─────────────|──────────────────       cut where the fourth grandparent begins
/// ```
final class OutputTables implements Closeable {
  private static final byte[] END = {};

  private final Compaction.Outputs outputs;
  private final RangeDeletes rangeDeletes;
  private final long tableBytes;
  private final List<TableInfo> grandparents;
  private final long grandparentBytes;
  private final List<TableInfo> finished = new ArrayList<>();

  private @Nullable TableWriter writer;

  /// Where the last cut was; in the beginning, before all keys.
  private byte[] start = {};

  private int grandparent;
  private long overlapBytes;

  OutputTables(
      Compaction.Outputs outputs,
      RangeDeletes rangeDeletes,
      long tableBytes,
      List<TableInfo> grandparents,
      long grandparentBytes) {
    this.outputs = outputs;
    this.rangeDeletes = rangeDeletes;
    this.tableBytes = tableBytes;
    this.grandparents = grandparents;
    this.grandparentBytes = grandparentBytes;
  }

  /// Adds an entry, with this sequence for its own. If it is of another key than the one before,
  /// there may be a cut before it.
  void add(EntryCursor at, boolean otherKey, long sequence) throws IOException {
    if (otherKey) {
      while (grandparent < grandparents.size()
          && isAtOrBelow(grandparents.get(grandparent).first(), at)) {
        enterGrandparent();
      }
      if (writer != null && writer.sizeBytes() >= tableBytes) {
        cut(at.segment().asSlice(at.keyOffset(), at.keyLength()).toArray(ValueLayout.JAVA_BYTE));
      }
    }
    if (writer == null && !isAtOrBelow(start, at)) {
      throw new OutOfOrderException();
    }
    open().add(at, sequence);
  }

  private static boolean isAtOrBelow(byte[] bound, EntryCursor at) {
    return Keys.compare(bound, 0, bound.length, at.segment(), at.keyOffset(), at.keyLength()) <= 0;
  }

  private void enterGrandparent() throws IOException {
    TableInfo entered = grandparents.get(grandparent++);
    if (overlapBytes > 0 && overlapBytes + entered.sizeBytes() > grandparentBytes) {
      cut(entered.first());
      overlapBytes = 0;
    }
    boolean nothingYet = writer == null && rangeDeletes.isEmpty();
    overlapBytes = (nothingYet ? 0 : overlapBytes) + entered.sizeBytes();
  }

  private TableWriter open() throws IOException {
    TableWriter open = writer;
    if (open == null) {
      open = outputs.begin();
      writer = open;
    }
    return open;
  }

  private void cut(byte[] at) throws IOException {
    List<RangeDelete> clipped = rangeDeletes.within(start, at);
    start = at;
    overlapBytes = grandparent == 0 ? 0 : grandparents.get(grandparent - 1).sizeBytes();
    if (writer != null || !clipped.isEmpty()) {
      TableWriter ended = open();
      ended.addRangeDeletes(clipped);
      TableInfo info = ended.finish();
      requireBefore(at, info);
      finished.add(info);
      ended.close();
      writer = null;
    }
  }

  private static void requireBefore(byte[] cut, TableInfo table) {
    if (!Arrays.equals(Keys.higherLimit(cut, table.limit()), cut)) {
      throw new OutOfOrderException();
    }
  }

  /// Ends the last table and returns all of them.
  List<TableInfo> finish() throws IOException {
    while (!rangeDeletes.isEmpty() && grandparent < grandparents.size()) {
      enterGrandparent();
    }
    cut(END);
    return finished;
  }

  /// Closes what a failure left open.
  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }
}
