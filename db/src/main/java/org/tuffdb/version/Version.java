package org.tuffdb.version;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.table.TableInfo;

/// What a store consists of at one moment. Immutable: an edit makes another one.
///
/// @param nextFileNumber the number that the next file gets
/// @param nextKeyspaceId the id that the next keyspace gets
/// @param replayFrom the sequence of the first entry that the log must still have; all before it
///   are in tables
/// @param keyspaces the keyspaces by their ids; 0, the default one, is always there
/// @param logs the files of the log, oldest first
public record Version(
    long nextFileNumber,
    int nextKeyspaceId,
    long replayFrom,
    SequencedMap<Integer, KeyspaceVersion> keyspaces,
    List<LogFile> logs) {
  public static final int DEFAULT_KEYSPACE_ID = 0;
  public static final String DEFAULT_KEYSPACE = "default";

  /// Levels are numbered from 0 up to, and without, this.
  public static final int LEVELS_MAX = 7;

  /// One file of the log.
  ///
  /// @param wholeBytes its length, header included, once it is whole and on the disk; -1 before
  public record LogFile(long number, long wholeBytes) {
    public boolean isWhole() {
      return wholeBytes >= 0;
    }
  }

  /// One keyspace.
  ///
  /// @param flushedSequence its entries up to this sequence are in tables
  /// @param levels the tables of each level: those of level 0 with the newest first, and the ones
  ///   below in the order of their keys, which do not overlap
  public record KeyspaceVersion(String name, long flushedSequence, List<List<TableInfo>> levels) {
    private static final List<List<TableInfo>> NO_TABLES =
        Collections.nCopies(LEVELS_MAX, List.of());

    static KeyspaceVersion empty(String name) {
      return new KeyspaceVersion(name, 0, NO_TABLES);
    }

    /// The table with that number; null if there is none.
    public @Nullable TableInfo find(long number) {
      for (List<TableInfo> level : levels) {
        for (TableInfo table : level) {
          if (table.number() == number) {
            return table;
          }
        }
      }
      return null;
    }
  }

  /// A store with nothing in it.
  public static Version empty() {
    KeyspaceVersion nothing = KeyspaceVersion.empty(DEFAULT_KEYSPACE);
    return new Version(1, 1, 1, new TreeMap<>(Map.of(0, nothing)), List.of());
  }

  /// The version that `edits` make of this one, one after another.
  ///
  /// @throws IllegalArgumentException if one of them contradicts it
  public Version with(List<Edit> edits) {
    VersionBuilder builder = new VersionBuilder(this);
    edits.forEach(builder::apply);
    return builder.build();
  }

  /// The version that `edit` makes of this one.
  ///
  /// @throws IllegalArgumentException if the edit contradicts this version
  Version with(Edit edit) {
    return with(List.of(edit));
  }

  /// The edits that make this version of an empty one.
  List<Edit> asEdits() {
    List<Edit> edits = new ArrayList<>();
    keyspaces.forEach((id, keyspace) -> {
      if (id != DEFAULT_KEYSPACE_ID) {
        edits.add(new Edit.KeyspaceAdded(id, keyspace.name));
      }
      edits.add(new Edit.Flushed(id, keyspace.flushedSequence));
      for (int level = 0; level < LEVELS_MAX; level++) {
        for (TableInfo table : keyspace.levels.get(level)) {
          edits.add(new Edit.TableAdded(id, level, table));
        }
      }
    });
    edits.add(new Edit.NextKeyspace(nextKeyspaceId));
    edits.add(new Edit.ReplayFrom(replayFrom));
    for (LogFile log : logs) {
      edits.add(new Edit.LogAdded(log.number));
      if (log.isWhole()) {
        edits.add(new Edit.LogEnded(log.number, log.wholeBytes));
      }
    }
    edits.add(new Edit.NextFile(nextFileNumber));
    return edits;
  }
}
