package org.tuffdb.compact;

import java.util.List;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.table.TableInfo;

/// The levels below the one that is written to: where they hold nothing, there is nothing left to
/// delete.
final class Deeper {
  private final List<List<TableInfo>> levels;
  private final boolean nothing;

  /// In each level, the first table that reaches to the key that was asked for last.
  private final int[] places;

  /// @param levels each in the order of its keys, disjoint
  Deeper(List<List<TableInfo>> levels) {
    this.levels = levels;
    nothing = levels.stream().allMatch(List::isEmpty);
    places = new int[levels.size()];
  }

  /// Anything may lie deeper.
  static Deeper unknown() {
    byte[] none = new byte[0];
    return new Deeper(List.of(List.of(new TableInfo(0, 0, none, none, 0, 0, 0, 0, 0, 0, false))));
  }

  /// Whether no deeper level holds anything.
  boolean isNothing() {
    return nothing;
  }

  /// Whether a deeper level may say something about the key of the entry. Keys must not descend
  /// from call to call.
  boolean mayHold(EntryCursor at) {
    for (int i = 0; i < places.length; i++) {
      List<TableInfo> tables = levels.get(i);
      while (places[i] < tables.size() && !reaches(tables.get(places[i]).limit(), at)) {
        places[i]++;
      }
      if (places[i] < tables.size() && isAtOrBelow(tables.get(places[i]).first(), at)) {
        return true;
      }
    }
    return false;
  }

  private static boolean reaches(byte[] limit, EntryCursor at) {
    return limit.length == 0 || !isAtOrBelow(limit, at);
  }

  private static boolean isAtOrBelow(byte[] bound, EntryCursor at) {
    return Keys.compare(bound, 0, bound.length, at.segment(), at.keyOffset(), at.keyLength()) <= 0;
  }

  /// Whether a deeper level may say something about a key from `start` on and below `limit`.
  boolean mayHoldWithin(byte[] start, byte[] limit) {
    for (List<TableInfo> tables : levels) {
      int place = Shape.place(tables, start);
      if (place < tables.size() && tables.get(place).overlaps(start, limit)) {
        return true;
      }
    }
    return false;
  }
}
