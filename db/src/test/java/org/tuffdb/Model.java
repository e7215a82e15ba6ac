package org.tuffdb;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a store must hold, as sorted maps; and what it may hold after a crash.
///
/// For that there are two states of each keyspace, and the writes that lead from one to the other:
///
/// ```
/// base ── commit ── commit ── commit ── now
///   surely durable     any of them may be the last that survives
/// ```
///
/// Every change takes a sequence, in the model as in the store: the store itself says how many
/// survived, and everything else follows.
final class Model {
  /// A commit that is surely durable leaves the list once so many stand before it.
  private static final int COMMITS_KEPT = 64;

  private final Map<String, Space> spaces = new LinkedHashMap<>();
  private final Deque<Commit> commits = new ArrayDeque<>();

  /// Keyspaces that are being created or dropped: a crash may keep that or not.
  private final Set<String> unsure = new HashSet<>();

  private long baseSequence;
  private long sequence;

  /// One keyspace.
  static final class Space {
    final String name;
    NavigableMap<byte[], byte[]> now = newMap();
    private NavigableMap<byte[], byte[]> base = newMap();

    private Space(String name) {
      this.name = name;
    }
  }

  /// The content of keyspaces at one moment.
  record Content(Map<Space, NavigableMap<byte[], byte[]>> spaces) {
    NavigableMap<byte[], byte[]> of(Space space) {
      NavigableMap<byte[], byte[]> content = spaces.get(space);
      return content == null ? newMap() : content;
    }
  }

  /// A put, if there is a key and a value, a delete, if there is only a key, or a range delete.
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Change(
      Space space, byte @Nullable [] key, byte @Nullable [] value, @Nullable KeyRange range) {
    void apply(NavigableMap<byte[], byte[]> to) {
      if (range != null) {
        within(to, range).clear();
      } else if (value != null) {
        to.put(key, value);
      } else {
        to.remove(key);
      }
    }
  }

  /// Changes that take effect together.
  static final class Commit {
    private final List<Change> changes = new ArrayList<>();
    private long lastSequence;

    void put(Space space, byte[] key, byte[] value) {
      changes.add(new Change(space, key, value, null));
    }

    void delete(Space space, byte[] key) {
      changes.add(new Change(space, key, null, null));
    }

    void deleteRange(Space space, KeyRange range) {
      changes.add(new Change(space, null, null, range));
    }
  }

  Model() {
    spaces.put("default", new Space("default"));
  }

  private static NavigableMap<byte[], byte[]> newMap() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  /// The part of `map` that lies in `range`, which goes up.
  static NavigableMap<byte[], byte[]> within(NavigableMap<byte[], byte[]> map, KeyRange range) {
    byte[] from = range.from();
    byte[] to = range.to();
    NavigableMap<byte[], byte[]> part = from == null ? map : map.tailMap(from, true);
    return to == null ? part : part.headMap(to, false);
  }

  Collection<Space> spaces() {
    return spaces.values();
  }

  @Nullable Space find(String name) {
    return spaces.get(name);
  }

  long sequence() {
    return sequence;
  }

  /// The keyspace of that name is about to be created.
  Space create(String name) {
    unsure.add(name);
    Space created = new Space(name);
    spaces.put(name, created);
    return created;
  }

  /// The keyspace of that name is about to be dropped.
  void dropping(String name) {
    unsure.add(name);
  }

  /// What was to be created is there.
  void created(String name) {
    unsure.remove(name);
  }

  void dropped(String name) {
    unsure.remove(name);
    spaces.remove(name);
  }

  /// The commit is about to be tried. It has its effect when [#applied] is called.
  void trying(Commit commit, int count) {
    sequence += count;
    commit.lastSequence = sequence;
    commits.add(commit);
  }

  /// The last commit was refused: nothing of it may ever be seen.
  void refused() {
    commits.removeLast();
    sequence = commits.isEmpty() ? baseSequence : commits.getLast().lastSequence;
  }

  void applied() {
    for (Change change : commits.getLast().changes) {
      change.apply(change.space.now);
    }
  }

  /// Everything up to `durable` survives whatever happens.
  void forgetUpTo(long durable) {
    if (commits.size() > COMMITS_KEPT) {
      while (!commits.isEmpty() && commits.getFirst().lastSequence <= durable) {
        Commit commit = commits.removeFirst();
        commit.changes.forEach(change -> change.apply(change.space.base));
        baseSequence = commit.lastSequence;
      }
    }
  }

  Content content() {
    Map<Space, NavigableMap<byte[], byte[]>> content = new HashMap<>();
    spaces.values().forEach(space -> content.put(space, new TreeMap<>(space.now)));
    return new Content(content);
  }

  /// The content after the commit that ended with sequence `upTo`.
  Content contentAt(long upTo) {
    Map<Space, NavigableMap<byte[], byte[]>> content = new HashMap<>();
    spaces.values().forEach(space -> content.put(space, new TreeMap<>(space.base)));
    boolean found = upTo == baseSequence;
    for (Commit commit : commits) {
      if (commit.lastSequence > upTo) {
        break;
      }
      found = commit.lastSequence == upTo;
      for (Change change : commit.changes) {
        change.apply(content.getOrDefault(change.space, newMap()));
      }
    }
    if (!found) {
      throw new AssertionError(
          "sequence %d is the end of no commit after %d".formatted(upTo, baseSequence));
    }
    return new Content(content);
  }

  /// A crash has left what was written up to `survived`, and the keyspaces of these names.
  void crashed(long survived, List<String> names) {
    for (String name : names) {
      if (!spaces.containsKey(name)) {
        throw new AssertionError("keyspace " + name + " was dropped and is back");
      }
    }
    for (String name : List.copyOf(spaces.keySet())) {
      if (!names.contains(name)) {
        if (!unsure.contains(name)) {
          throw new AssertionError("keyspace " + name + " is lost");
        }
        spaces.remove(name);
      }
    }
    unsure.clear();
    Content left = contentAt(survived);
    for (Space space : spaces.values()) {
      space.now = left.of(space);
      space.base = new TreeMap<>(space.now);
    }
    commits.clear();
    sequence = survived;
    baseSequence = survived;
  }
}
