package org.tuffdb.compact;

import java.util.List;
import org.tuffdb.table.TableInfo;

/// What is to be done next with the tables of a keyspace.
public sealed interface Task {
  default boolean isNothing() {
    return this instanceof Nothing;
  }

  /// Nothing is due.
  record Nothing() implements Task {}

  /// The table goes to another level as it is; nothing is read or written.
  record Move(TableInfo table, int fromLevel, int toLevel, Reason reason) implements Task {}

  /// `upper`, from `fromLevel`, and `lower`, all that overlaps them in `toLevel`, are replaced by
  /// what merging them gives, in `toLevel`. The two levels are the same, and `lower` is empty,
  /// where tables of the last level are written anew.
  record Merge(
      int fromLevel, int toLevel, List<TableInfo> upper, List<TableInfo> lower, Reason reason)
      implements Task {}

  /// Range deletes cover these tables wholly, and nobody reads what they hold.
  record Drop(List<Placed> tables) implements Task {}

  /// A table and its level.
  record Placed(TableInfo table, int level) {}

  /// Why a table is moved or merged.
  enum Reason {
    /// Level 0 has too many tables.
    LEVEL_0,
    /// The level is larger than it should be.
    LEVEL_SIZE,
    /// The table is dense in tombstones.
    TOMBSTONES,
    /// What a snapshot needed, it needs no more.
    SNAPSHOT_RELEASED,
    /// There is time to make the store small.
    CALM,
    /// A range of keys is compacted on demand.
    RANGE
  }
}
