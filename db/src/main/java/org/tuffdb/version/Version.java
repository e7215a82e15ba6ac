package org.tuffdb.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What a store consists of at one moment. Immutable: an edit makes another one.
///
/// @param nextFileNumber the number that the next file gets
/// @param keyspaces the names of the keyspaces by their ids; 0, the default one, is always there
/// @param logs the files of the log, oldest first
public record Version(
    long nextFileNumber, SequencedMap<Integer, String> keyspaces, List<LogFile> logs) {
  public static final int DEFAULT_KEYSPACE_ID = 0;
  public static final String DEFAULT_KEYSPACE = "default";

  /// One file of the log.
  ///
  /// @param wholeBytes its length, header included, once it is whole and on the disk; -1 before
  public record LogFile(long number, long wholeBytes) {
    public boolean isWhole() {
      return wholeBytes >= 0;
    }
  }

  /// A store with nothing in it.
  public static Version empty() {
    return new Version(1, new TreeMap<>(Map.of(DEFAULT_KEYSPACE_ID, DEFAULT_KEYSPACE)), List.of());
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
      case Edit.NextFile(long number) ->
          new Version(Math.max(number, nextFileNumber), keyspaces, logs);
      case Edit.LogAdded(long number) -> withLogAdded(number);
      case Edit.LogEnded(long number, long bytes) -> withLogEnded(number, bytes);
      case Edit.LogDropped(long number) -> withLogDropped(number);
      case Edit.KeyspaceAdded(int id, String name) -> withKeyspace(id, name);
    };
  }

  private Version withLogAdded(long number) {
    require(logs.isEmpty() || logs.getLast().number < number, "log is older than the last", number);
    List<LogFile> more = new ArrayList<>(logs);
    more.add(new LogFile(number, -1));
    return new Version(Math.max(nextFileNumber, number + 1), keyspaces, List.copyOf(more));
  }

  private Version withLogEnded(long number, long bytes) {
    int index = indexOf(number);
    require(!logs.get(index).isWhole() && bytes >= 0, "log cannot end", number);
    List<LogFile> changed = new ArrayList<>(logs);
    changed.set(index, new LogFile(number, bytes));
    return new Version(nextFileNumber, keyspaces, List.copyOf(changed));
  }

  private Version withLogDropped(long number) {
    List<LogFile> fewer = new ArrayList<>(logs);
    fewer.remove(indexOf(number));
    return new Version(nextFileNumber, keyspaces, List.copyOf(fewer));
  }

  private int indexOf(long number) {
    for (int i = 0; i < logs.size(); i++) {
      if (logs.get(i).number == number) {
        return i;
      }
    }
    throw new IllegalArgumentException("unknown log " + number);
  }

  private Version withKeyspace(int id, String name) {
    require(!keyspaces.containsKey(id) && !keyspaces.containsValue(name), "keyspace is taken", id);
    TreeMap<Integer, String> more = new TreeMap<>(keyspaces);
    more.put(id, name);
    return new Version(nextFileNumber, more, logs);
  }

  private static void require(boolean holds, String what, long number) {
    if (!holds) {
      throw new IllegalArgumentException(what + ": " + number);
    }
  }

  /// The edits that make this version of an empty one.
  List<Edit> asEdits() {
    List<Edit> edits = new ArrayList<>();
    keyspaces.forEach((id, name) -> {
      if (id != DEFAULT_KEYSPACE_ID) {
        edits.add(new Edit.KeyspaceAdded(id, name));
      }
    });
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
