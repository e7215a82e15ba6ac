package org.tuffdb.version;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.fs.FileNames;
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

    private KeyspaceVersion with(int level, List<TableInfo> tables) {
      List<List<TableInfo>> changed = new ArrayList<>(levels);
      changed.set(level, List.copyOf(tables));
      return new KeyspaceVersion(name, flushedSequence, List.copyOf(changed));
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
    KeyspaceVersion nothing = new KeyspaceVersion(DEFAULT_KEYSPACE, 0, KeyspaceVersion.NO_TABLES);
    return new Version(1, 1, 1, new TreeMap<>(Map.of(0, nothing)), List.of());
  }

  /// The version that `edits` make of this one, one after another.
  ///
  /// @throws IllegalArgumentException if one of them contradicts it
  public Version with(List<Edit> edits) {
    Version version = this;
    for (Edit edit : edits) {
      version = version.with(edit);
    }
    return version;
  }

  /// The version that `edit` makes of this one.
  ///
  /// @throws IllegalArgumentException if the edit contradicts this version
  Version with(Edit edit) {
    return switch (edit) {
      case Edit.NextFile(long number) -> withNextFile(number);
      case Edit.NextKeyspace(int id) -> withNextKeyspace(id);
      case Edit.LogAdded(long number) -> withLogAdded(number);
      case Edit.LogEnded(long number, long bytes) -> withLogEnded(number, bytes);
      case Edit.LogDropped(long number) -> withLogDropped(number);
      case Edit.ReplayFrom(long sequence) -> withReplayFrom(sequence);
      case Edit.KeyspaceAdded(int id, String name) -> withKeyspace(id, name);
      case Edit.KeyspaceDropped(int id) -> withoutKeyspace(id);
      case Edit.Flushed(int id, long sequence) -> withFlushed(id, sequence);
      case Edit.TableAdded(int id, int level, TableInfo table) -> withTable(id, level, table);
      case Edit.TableRemoved(int id, int level, long number) -> withoutTable(id, level, number);
    };
  }

  private Version withLogs(List<LogFile> newLogs) {
    return new Version(nextFileNumber, nextKeyspaceId, replayFrom, keyspaces, newLogs);
  }

  private static void requireFile(long number) {
    require(number > 0 && number <= FileNames.NUMBER_MAX, "a file has no such number", number);
  }

  private Version withNextFile(long number) {
    require(number <= FileNames.NUMBER_MAX + 1, "files have no such numbers", number);
    return new Version(
        Math.max(number, nextFileNumber), nextKeyspaceId, replayFrom, keyspaces, logs);
  }

  private Version withNextKeyspace(int id) {
    return new Version(nextFileNumber, Math.max(id, nextKeyspaceId), replayFrom, keyspaces, logs);
  }

  private Version withReplayFrom(long sequence) {
    require(sequence >= replayFrom, "replay cannot begin earlier than before", sequence);
    return new Version(nextFileNumber, nextKeyspaceId, sequence, keyspaces, logs);
  }

  private Version withLogAdded(long number) {
    requireFile(number);
    require(logs.isEmpty() || logs.getLast().number < number, "log is older than the last", number);
    List<LogFile> more = new ArrayList<>(logs);
    more.add(new LogFile(number, -1));
    return withLogs(List.copyOf(more)).withNextFile(number + 1);
  }

  private Version withLogEnded(long number, long bytes) {
    int index = indexOf(number);
    require(!logs.get(index).isWhole() && bytes >= 0, "log cannot end", number);
    List<LogFile> changed = new ArrayList<>(logs);
    changed.set(index, new LogFile(number, bytes));
    return withLogs(List.copyOf(changed));
  }

  private Version withLogDropped(long number) {
    List<LogFile> fewer = new ArrayList<>(logs);
    fewer.remove(indexOf(number));
    return withLogs(List.copyOf(fewer));
  }

  private int indexOf(long number) {
    for (int i = 0; i < logs.size(); i++) {
      if (logs.get(i).number == number) {
        return i;
      }
    }
    throw new IllegalArgumentException("unknown log " + number);
  }

  private Version with(int id, @Nullable KeyspaceVersion keyspace) {
    TreeMap<Integer, KeyspaceVersion> changed = new TreeMap<>(keyspaces);
    if (keyspace == null) {
      changed.remove(id);
    } else {
      changed.put(id, keyspace);
    }
    return new Version(nextFileNumber, nextKeyspaceId, replayFrom, changed, logs)
        .withNextKeyspace(id + 1);
  }

  private Version withKeyspace(int id, String name) {
    require(id < Integer.MAX_VALUE, "a keyspace has no such id", id);
    require(id >= nextKeyspaceId && !isTaken(name), "keyspace is taken", id);
    return with(id, new KeyspaceVersion(name, 0, KeyspaceVersion.NO_TABLES));
  }

  private boolean isTaken(String name) {
    for (KeyspaceVersion keyspace : keyspaces.values()) {
      if (keyspace.name.equals(name)) {
        return true;
      }
    }
    return false;
  }

  private Version withoutKeyspace(int id) {
    require(id != DEFAULT_KEYSPACE_ID, "the default keyspace cannot be dropped", id);
    keyspace(id);
    return with(id, (KeyspaceVersion) null);
  }

  private KeyspaceVersion keyspace(int id) {
    KeyspaceVersion keyspace = keyspaces.get(id);
    if (keyspace == null) {
      throw new IllegalArgumentException("unknown keyspace " + id);
    }
    return keyspace;
  }

  private Version withFlushed(int id, long sequence) {
    KeyspaceVersion old = keyspace(id);
    require(sequence >= old.flushedSequence, "flushed less than before", sequence);
    return with(id, new KeyspaceVersion(old.name, sequence, old.levels));
  }

  private Version withTable(int id, int level, TableInfo table) {
    KeyspaceVersion keyspace = keyspace(id);
    require(level >= 0 && level < LEVELS_MAX, "there is no such level", level);
    requireFile(table.number());
    require(Keys.isBelow(table.first(), table.limit()), "table ends first", table.number());
    require(keyspace.find(table.number()) == null, "table is there already", table.number());
    List<TableInfo> tables = new ArrayList<>(keyspace.levels.get(level));
    int at = 0;
    while (at < tables.size() && !comesBefore(level, table, tables.get(at))) {
      at++;
    }
    tables.add(at, table);
    if (level > 0) {
      require(at == 0 || !overlap(tables.get(at - 1), table), "tables overlap", table.number());
      require(
          at + 1 == tables.size() || !overlap(table, tables.get(at + 1)),
          "tables overlap",
          table.number());
    }
    return with(id, keyspace.with(level, tables)).withNextFile(table.number() + 1);
  }

  private static boolean comesBefore(int level, TableInfo a, TableInfo b) {
    return level == 0
        ? a.newestSequence() > b.newestSequence()
        : Arrays.compareUnsigned(a.first(), b.first()) < 0;
  }

  private static boolean overlap(TableInfo lower, TableInfo higher) {
    return Keys.isBelow(higher.first(), lower.limit());
  }

  private Version withoutTable(int id, int level, long number) {
    KeyspaceVersion keyspace = keyspace(id);
    require(level >= 0 && level < LEVELS_MAX, "there is no such level", level);
    List<TableInfo> tables = new ArrayList<>(keyspace.levels.get(level));
    require(tables.removeIf(table -> table.number() == number), "unknown table", number);
    return with(id, keyspace.with(level, tables));
  }

  private static void require(boolean holds, String what, long number) {
    if (!holds) {
      throw new IllegalArgumentException(what + ": " + number);
    }
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
