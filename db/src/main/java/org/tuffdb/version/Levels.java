package org.tuffdb.version;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.table.Table;

/// The open tables of a keyspace, as readers go through them. Immutable.
///
/// What is newer stands first: the tables of level 0, the newest first, and then level by level. Of
/// a key, everything in an earlier place is newer than anything in a later one. So the first entry
/// found decides, unless a range delete of the same place or an earlier one is newer still.
public final class Levels {
  public static final Levels NONE = new Levels(new Table[Version.LEVELS_MAX][0]);

  private final Table[] newestFirst;
  private final Level[] below;
  private final Table[][] tables;

  /// @param tables those of each level, in the order that [Version.KeyspaceVersion#levels()] has
  public Levels(Table[][] tables) {
    this.tables = tables;
    this.newestFirst = tables[0];
    List<Level> filled = new ArrayList<>();
    for (int level = 1; level < tables.length; level++) {
      if (tables[level].length > 0) {
        filled.add(new Level(tables[level]));
      }
    }
    this.below = filled.toArray(Level[]::new);
  }

  /// One level below 0 that holds something. Eight bytes of the first keys, behind what all of them
  /// share, narrow the search.
  private static final class Level {
    private final Table[] tables;
    private final byte[][] firsts;
    private final int prefixLength;
    private final long[] words;
    private final boolean hasRangeDeletes;

    Level(Table[] tables) {
      this.tables = tables;
      firsts = new byte[tables.length][];
      boolean any = false;
      for (int i = 0; i < tables.length; i++) {
        firsts[i] = tables[i].info().first();
        any |= !tables[i].rangeDeletes().isEmpty();
      }
      hasRangeDeletes = any;
      byte[] last = firsts[tables.length - 1];
      int mismatch = Arrays.mismatch(firsts[0], last);
      prefixLength = mismatch < 0 ? last.length : mismatch;
      words = new long[tables.length];
      for (int i = 0; i < tables.length; i++) {
        words[i] = Keys.word(firsts[i], 0, firsts[i].length, prefixLength);
      }
    }

    /// The last table that begins at `key` or before, or -1.
    int floor(byte[] key) {
      int known = Math.min(key.length, prefixLength);
      int order = Arrays.compareUnsigned(key, 0, known, firsts[0], 0, prefixLength);
      if (order != 0) {
        return order < 0 ? -1 : tables.length - 1;
      }
      long word = Keys.word(key, 0, key.length, prefixLength);
      int low = 0;
      int high = words.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (beginsBy(key, word, middle)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low - 1;
    }

    private boolean beginsBy(byte[] key, long word, int table) {
      return words[table] == word
          ? Arrays.compareUnsigned(firsts[table], key) <= 0
          : Long.compareUnsigned(words[table], word) < 0;
    }
  }

  /// Finds the value of `key` as of `sequence`; false if there was none, or a range delete from
  /// `deleted` on has taken it away.
  ///
  /// @param hash of the key
  public boolean get(byte[] key, long hash, long sequence, long deleted, Found found) {
    long covering = deleted;
    for (Table table : newestFirst) {
      if (table.info().covers(key)) {
        covering = covering(covering, table, key, sequence);
        if (table.find(key, hash, sequence, found)) {
          return isLive(found, covering);
        }
        if (covering > 0) {
          return false;
        }
      }
    }
    for (Level level : below) {
      int at = level.floor(key);
      if (at >= 0 && Keys.isBelow(key, level.tables[at].info().limit())) {
        Table table = level.tables[at];
        if (level.hasRangeDeletes) {
          covering = covering(covering, table, key, sequence);
        }
        if (table.find(key, hash, sequence, found)) {
          return isLive(found, covering);
        }
        if (covering > 0) {
          return false;
        }
      }
    }
    return false;
  }

  private static long covering(long newer, Table table, byte[] key, long sequence) {
    RangeDeletes deletes = table.rangeDeletes();
    return deletes.isEmpty() ? newer : Math.max(newer, deletes.newest(key, sequence));
  }

  private static boolean isLive(Found found, long covering) {
    return found.kind() == Kind.PUT && found.sequence() > covering;
  }

  /// These with `newer` tables in level 0, in front of those that are there.
  public Levels withNewest(List<Table> newer) {
    Table[][] more = tables.clone();
    List<Table> level0 = new ArrayList<>(newer);
    level0.addAll(List.of(tables[0]));
    more[0] = level0.toArray(Table[]::new);
    return new Levels(more);
  }

  /// Adds a cursor for every place to look at: one for each table of level 0, and one for each
  /// level below.
  public void addCursors(List<EntryCursor> cursors) {
    for (Table table : newestFirst) {
      cursors.add(table.cursor());
    }
    for (Level level : below) {
      cursors.add(
          level.tables.length == 1 ? level.tables[0].cursor() : new LevelCursor(level.tables));
    }
  }

  /// Adds the range deletes of all tables.
  public void addRangeDeletes(List<RangeDeletes> deletes) {
    for (Table[] level : tables) {
      for (Table table : level) {
        if (!table.rangeDeletes().isEmpty()) {
          deletes.add(table.rangeDeletes());
        }
      }
    }
  }

  /// The tables of each level, shared.
  public Table[][] tables() {
    return tables;
  }
}
