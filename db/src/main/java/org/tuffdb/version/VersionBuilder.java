package org.tuffdb.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.tuffdb.fs.FileNames;
import org.tuffdb.version.Version.KeyspaceVersion;
import org.tuffdb.version.Version.LogFile;

/// The version that edits make of another one. It copies a part of that when the first edit comes
/// that changes it: a version may have tens of thousands of tables, and come in one record.
final class VersionBuilder {
  private long nextFileNumber;
  private int nextKeyspaceId;
  private long replayFrom;
  private List<LogFile> logs;
  private boolean logsAreCopied;
  private SequencedMap<Integer, KeyspaceVersion> keyspaces;
  private boolean keyspacesAreCopied;

  /// Those keyspaces whose tables change, by their ids.
  private final Map<Integer, LevelsBuilder> levels = new HashMap<>();

  VersionBuilder(Version base) {
    nextFileNumber = base.nextFileNumber();
    nextKeyspaceId = base.nextKeyspaceId();
    replayFrom = base.replayFrom();
    logs = base.logs();
    keyspaces = base.keyspaces();
  }

  Version build() {
    levels.forEach((id, changed) -> {
      KeyspaceVersion old = keyspace(id);
      put(id, new KeyspaceVersion(old.name(), old.flushedSequence(), changed.build()));
    });
    return new Version(nextFileNumber, nextKeyspaceId, replayFrom, keyspaces, List.copyOf(logs));
  }

  /// @throws IllegalArgumentException if the edit contradicts what there is so far
  void apply(Edit edit) {
    switch (edit) {
      case Edit.NextFile(long number) -> setNextFile(number);
      case Edit.NextKeyspace(int id) -> nextKeyspaceId = Math.max(id, nextKeyspaceId);
      case Edit.LogAdded(long number) -> addLog(number);
      case Edit.LogEnded(long number, long bytes) -> endLog(number, bytes);
      case Edit.LogDropped(long number) -> changedLogs().remove(indexOf(number));
      case Edit.ReplayFrom(long sequence) -> setReplayFrom(sequence);
      case Edit.KeyspaceAdded(int id, String name) -> addKeyspace(id, name);
      case Edit.KeyspaceDropped(int id) -> dropKeyspace(id);
      case Edit.Flushed(int id, long sequence) -> setFlushed(id, sequence);
      case Edit.TableAdded added -> addTable(added);
      case Edit.TableRemoved(int id, int level, long number) -> levels(id).remove(level, number);
    }
  }

  static void require(boolean holds, String what, long number) {
    if (!holds) {
      throw new IllegalArgumentException(what + ": " + number);
    }
  }

  private static void requireFile(long number) {
    require(number > 0 && number <= FileNames.NUMBER_MAX, "a file has no such number", number);
  }

  private void setNextFile(long number) {
    require(number <= FileNames.NUMBER_MAX + 1, "files have no such numbers", number);
    nextFileNumber = Math.max(number, nextFileNumber);
  }

  private void setReplayFrom(long sequence) {
    require(sequence >= replayFrom, "replay cannot begin earlier than before", sequence);
    replayFrom = sequence;
  }

  private void addLog(long number) {
    requireFile(number);
    require(
        logs.isEmpty() || logs.getLast().number() < number, "log is older than the last", number);
    changedLogs().add(new LogFile(number, -1));
    setNextFile(number + 1);
  }

  private void endLog(long number, long bytes) {
    int index = indexOf(number);
    require(!logs.get(index).isWhole() && bytes >= 0, "log cannot end", number);
    changedLogs().set(index, new LogFile(number, bytes));
  }

  private List<LogFile> changedLogs() {
    if (!logsAreCopied) {
      logs = new ArrayList<>(logs);
      logsAreCopied = true;
    }
    return logs;
  }

  private int indexOf(long number) {
    for (int i = 0; i < logs.size(); i++) {
      if (logs.get(i).number() == number) {
        return i;
      }
    }
    throw new IllegalArgumentException("unknown log " + number);
  }

  private KeyspaceVersion keyspace(int id) {
    KeyspaceVersion keyspace = keyspaces.get(id);
    if (keyspace == null) {
      throw new IllegalArgumentException("unknown keyspace " + id);
    }
    return keyspace;
  }

  private SequencedMap<Integer, KeyspaceVersion> changedKeyspaces() {
    if (!keyspacesAreCopied) {
      keyspaces = new TreeMap<>(keyspaces);
      keyspacesAreCopied = true;
    }
    return keyspaces;
  }

  private void put(int id, KeyspaceVersion keyspace) {
    changedKeyspaces().put(id, keyspace);
  }

  private void addKeyspace(int id, String name) {
    require(id < Integer.MAX_VALUE, "a keyspace has no such id", id);
    require(id >= nextKeyspaceId && !isTaken(name), "keyspace is taken", id);
    put(id, KeyspaceVersion.empty(name));
    nextKeyspaceId = id + 1;
  }

  private boolean isTaken(String name) {
    for (KeyspaceVersion keyspace : keyspaces.values()) {
      if (keyspace.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private void dropKeyspace(int id) {
    require(id != Version.DEFAULT_KEYSPACE_ID, "the default keyspace cannot be dropped", id);
    keyspace(id);
    changedKeyspaces().remove(id);
    levels.remove(id);
  }

  private void setFlushed(int id, long sequence) {
    KeyspaceVersion old = keyspace(id);
    require(sequence >= old.flushedSequence(), "flushed less than before", sequence);
    put(id, new KeyspaceVersion(old.name(), sequence, old.levels()));
  }

  private void addTable(Edit.TableAdded added) {
    LevelsBuilder into = levels(added.keyspaceId());
    LevelsBuilder.requireLevel(added.level());
    requireFile(added.table().number());
    into.add(added.level(), added.table());
    setNextFile(added.table().number() + 1);
  }

  private LevelsBuilder levels(int id) {
    KeyspaceVersion keyspace = keyspace(id);
    return levels.computeIfAbsent(id, _ -> new LevelsBuilder(keyspace.levels()));
  }
}
