package org.tuffdb.compact;

import java.util.ArrayList;
import java.util.List;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.table.TableInfo;

/// What picking looks at: the tables of one keyspace, and who reads them. Immutable.
///
/// @param levels level 0 newest first; those below it in the order of their keys, disjoint
/// @param snapshots what is read besides the newest state
/// @param rangeDeletes those of all tables, and those of memtables that are on the disk and visible
///   to whoever begins to read now. What they cover is dropped for good, so one that a crash could
///   take back must not be among them
/// @param calm whether there is time to make the store small: nobody writes, or somebody asked
public record Shape(
    List<List<TableInfo>> levels,
    Snapshots snapshots,
    List<RangeDelete> rangeDeletes,
    boolean calm) {

  int lastLevel() {
    return levels.size() - 1;
  }

  List<TableInfo> level(int level) {
    return levels.get(level);
  }

  long sizeBytes(int level) {
    return sizeBytes(level(level));
  }

  static long sizeBytes(List<TableInfo> tables) {
    long sizeBytes = 0;
    for (TableInfo table : tables) {
      sizeBytes += table.sizeBytes();
    }
    return sizeBytes;
  }

  /// The tables of a level that may say anything about keys from `first` on and below `limit`.
  List<TableInfo> overlapping(int level, byte[] first, byte[] limit) {
    List<TableInfo> tables = level(level);
    List<TableInfo> found = new ArrayList<>();
    for (int i = level == 0 ? 0 : place(tables, first); i < tables.size(); i++) {
      if (tables.get(i).overlaps(first, limit)) {
        found.add(tables.get(i));
      } else if (level > 0) {
        break;
      }
    }
    return found;
  }

  /// The first one of sorted tables that reaches to `key` or beyond.
  static int place(List<TableInfo> tables, byte[] key) {
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Keys.isBelow(key, tables.get(middle).limit())) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  long overlapBytes(int level, TableInfo table) {
    return sizeBytes(overlapping(level, table.first(), table.limit()));
  }

  /// Whether no level deeper than `level` says anything about a key of `table`.
  boolean isNothingBelow(int level, TableInfo table) {
    for (int deeper = level + 1; deeper <= lastLevel(); deeper++) {
      if (!overlapping(deeper, table.first(), table.limit()).isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
