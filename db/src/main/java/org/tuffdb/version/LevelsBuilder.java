package org.tuffdb.version;

import static org.tuffdb.version.VersionBuilder.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tuffdb.bytes.Keys;
import org.tuffdb.table.TableInfo;

/// The tables of a keyspace while they change, each level in its order.
final class LevelsBuilder {
  private final List<List<TableInfo>> levels = new ArrayList<>();
  private final Map<Long, TableInfo> byNumber = new HashMap<>();

  LevelsBuilder(List<List<TableInfo>> before) {
    for (List<TableInfo> level : before) {
      levels.add(new ArrayList<>(level));
      level.forEach(table -> byNumber.put(table.number(), table));
    }
  }

  List<List<TableInfo>> build() {
    return levels.stream().map(List::copyOf).toList();
  }

  static void requireLevel(int level) {
    require(level >= 0 && level < Version.LEVELS_MAX, "there is no such level", level);
  }

  void add(int level, TableInfo table) {
    long number = table.number();
    require(Keys.isBelow(table.first(), table.limit()), "table ends first", number);
    require(byNumber.put(number, table) == null, "table is there already", number);
    List<TableInfo> tables = levels.get(level);
    int at = place(level, table);
    if (level > 0) {
      require(at == 0 || !overlap(tables.get(at - 1), table), "tables overlap", number);
      require(at == tables.size() || !overlap(table, tables.get(at)), "tables overlap", number);
    }
    tables.add(at, table);
  }

  /// Where a table goes: in front of the first one that it comes before.
  private int place(int level, TableInfo table) {
    List<TableInfo> tables = levels.get(level);
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (comesBefore(level, table, tables.get(middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static boolean comesBefore(int level, TableInfo a, TableInfo b) {
    return level == 0
        ? a.newestSequence() > b.newestSequence()
        : Arrays.compareUnsigned(a.first(), b.first()) < 0;
  }

  private static boolean overlap(TableInfo lower, TableInfo higher) {
    return Keys.isBelow(higher.first(), lower.limit());
  }

  void remove(int level, long number) {
    requireLevel(level);
    levels.get(level).remove(indexOf(level, number));
    byNumber.remove(number);
  }

  private int indexOf(int level, long number) {
    TableInfo table = byNumber.get(number);
    if (table != null) {
      List<TableInfo> tables = levels.get(level);
      // In level 0 others may be as new.
      int at = place(level, table) - 1;
      while (at >= 0 && !comesBefore(level, tables.get(at), table)) {
        if (tables.get(at).number() == number) {
          return at;
        }
        at--;
      }
    }
    throw new IllegalArgumentException("unknown table: " + number);
  }
}
