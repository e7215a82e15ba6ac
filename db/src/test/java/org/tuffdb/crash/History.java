package org.tuffdb.crash;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.Queryable;

/// What was written to a store, write by write, and what it must hold after each of them.
///
/// Each write also counts in the key `#` of the default keyspace. So a store tells by itself which
/// write was the last it knows, and the rest of it can be compared with what there must be after
/// that one.
final class History {
  private static final String KEYSPACE = "second";
  private static final byte[] COUNT = utf8("#");
  private static final int KEYS = 12;

  /// One write: a batch of changes, each the value of a key, or null to delete it.
  private record Change(boolean second, String key, @Nullable String value) {}

  private final int valueBytesMax;
  private final List<Map<String, String>> states = new ArrayList<>(List.of(Map.of()));

  /// The writes that were acknowledged as durable; all before them are, too.
  private int durable;

  /// One whose longest values make a new file of the log necessary now and then.
  History() {
    this(6_000);
  }

  /// @param valueBytesMax how long one in eight values may be; the others are short
  History(int valueBytesMax) {
    this.valueBytesMax = valueBytesMax;
  }

  /// How many writes were tried.
  int written() {
    return states.size() - 1;
  }

  /// The last write that must survive because somebody was told so.
  int durable() {
    return durable;
  }

  /// Everything up to write `index` must survive from now on.
  void mustSurvive(int index) {
    durable = Math.max(durable, index);
  }

  /// Draws the next write, notes it as tried, and returns it as a batch.
  Batch next(SplittableRandom random) {
    int index = states.size();
    Map<String, String> state = new TreeMap<>(states.getLast());
    Batch batch = new Batch();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      if (random.nextInt(16) == 0) {
        deleteRange(random, state, batch);
      } else {
        apply(draw(random, index), state, batch);
      }
    }
    batch.put(COUNT, utf8(Integer.toString(index)));
    state.put("#", Integer.toString(index));
    states.add(state);
    return batch;
  }

  /// Deletes a range of keys of one of the keyspaces, perhaps one without an end.
  private static void deleteRange(SplittableRandom random, Map<String, String> state, Batch batch) {
    boolean second = random.nextBoolean();
    String from = "key" + random.nextInt(KEYS);
    String to = random.nextInt(4) == 0 ? null : from + random.nextInt(KEYS);
    String prefix = second ? KEYSPACE + "/" : "";
    state
        .keySet()
        .removeIf(name ->
            name.startsWith(prefix + "key")
                && name.compareTo(prefix + from) >= 0
                && (to == null || name.compareTo(prefix + to) < 0));
    KeyRange range =
        to == null ? KeyRange.atLeast(utf8(from)) : KeyRange.closedOpen(utf8(from), utf8(to));
    var _ = second ? batch.deleteRange(KEYSPACE, range) : batch.deleteRange(range);
  }

  private Change draw(SplittableRandom random, int index) {
    String key = "key" + random.nextInt(KEYS);
    int length = random.nextInt(8) == 0 ? random.nextInt(valueBytesMax) : random.nextInt(60);
    String value = random.nextInt(4) == 0 ? null : index + "=" + "v".repeat(length);
    return new Change(random.nextInt(4) == 0, key, value);
  }

  private static void apply(Change change, Map<String, String> state, Batch batch) {
    String name = (change.second ? KEYSPACE + "/" : "") + change.key;
    byte[] key = utf8(change.key);
    if (change.value == null) {
      state.remove(name);
      var _ = change.second ? batch.delete(KEYSPACE, key) : batch.delete(key);
    } else {
      state.put(name, change.value);
      byte[] value = utf8(change.value);
      var _ = change.second ? batch.put(KEYSPACE, key, value) : batch.put(key, value);
    }
  }

  /// The last write that the store, or a snapshot of it, shows.
  static int shown(Queryable store) {
    byte[] count = store.get(COUNT);
    return count == null ? 0 : Integer.parseInt(new String(count, StandardCharsets.UTF_8));
  }

  /// Requires that `db`, opened after a crash, holds what a beginning of this history has led to,
  /// and nothing is missing that must survive. Returns the last write it holds.
  int requirePrefix(Db db) {
    int last = shown(db);
    if (last < durable || last > written()) {
      throw new AssertionError(
          "the store holds the writes up to %d; durable were %d of %d"
              .formatted(last, durable, written()));
    }
    requireSame(last, states.get(last), db);
    return last;
  }

  /// Requires that `db` shows the same after write `last` to whoever goes backwards or gets each
  /// key.
  void requireInAllWays(int last, Db db) {
    Map<String, String> state = states.get(last);
    Map<String, String> backwards = new TreeMap<>();
    for (String name : db.keyspaces()) {
      String prefix = name.equals(KEYSPACE) ? KEYSPACE + "/" : "";
      Keyspace keyspace = db.keyspace(name);
      scanBackwards(keyspace, prefix, backwards);
      for (int i = 0; i < KEYS; i++) {
        byte[] found = keyspace.get(utf8("key" + i));
        String wanted = state.get(prefix + "key" + i);
        if (found == null ? wanted != null : !utf8(found).equals(wanted)) {
          throw wrong(last, prefix + "key" + i, briefOrAbsent(wanted), "got otherwise");
        }
      }
    }
    if (!backwards.equals(state)) {
      throw new AssertionError("after write %d, a scan backwards differs".formatted(last));
    }
  }

  private static void scanBackwards(Queryable found, String prefix, Map<String, String> into) {
    @Nullable String after = null;
    try (Cursor cursor = found.scan(KeyRange.all().reversed())) {
      while (cursor.next()) {
        String key = prefix + utf8(cursor.key());
        if (after != null && key.compareTo(after) >= 0) {
          throw new AssertionError("a scan backwards is out of order at " + key);
        }
        into.put(key, utf8(cursor.value()));
        after = key;
      }
    }
  }

  private static String briefOrAbsent(@Nullable String value) {
    return value == null ? "absent" : brief(value);
  }

  /// Walks over the store and the state together: the default keyspace comes first in both.
  private static void requireSame(int last, Map<String, String> expected, Db db) {
    Iterator<Map.Entry<String, String>> wanted = expected.entrySet().iterator();
    requireNext(last, wanted, "", db);
    if (db.keyspaces().contains(KEYSPACE)) {
      requireNext(last, wanted, KEYSPACE + "/", db.keyspace(KEYSPACE));
    }
    if (wanted.hasNext()) {
      throw wrong(last, wanted.next().getKey(), "there", "absent");
    }
  }

  private static void requireNext(
      int last, Iterator<Map.Entry<String, String>> wanted, String prefix, Queryable found) {
    try (Cursor cursor = found.scan(KeyRange.all())) {
      while (cursor.next()) {
        String key = prefix + utf8(cursor.key());
        String value = utf8(cursor.value());
        if (!wanted.hasNext()) {
          throw wrong(last, key, "absent", brief(value));
        }
        Map.Entry<String, String> next = wanted.next();
        if (!next.getKey().equals(key) || !next.getValue().equals(value)) {
          throw wrong(last, next.getKey(), brief(next.getValue()), key + " = " + brief(value));
        }
      }
    }
  }

  private static AssertionError wrong(int last, String key, String wanted, String found) {
    return new AssertionError(
        "after write %d, %s must be %s, but there is: %s".formatted(last, key, wanted, found));
  }

  private static String brief(String value) {
    return value.substring(0, Math.min(12, value.length())) + " (" + value.length() + " bytes)";
  }

  /// What comes after a crash goes on from write `last`: forgets what was lost.
  void rewindTo(int last) {
    states.subList(last + 1, states.size()).clear();
    durable = Math.min(durable, last);
  }

  /// The last write was refused: nothing of it may ever be seen.
  void refuseLast() {
    states.removeLast();
  }

  /// A history that goes on from here on its own.
  History copy() {
    History copy = new History(valueBytesMax);
    copy.states.clear();
    copy.states.addAll(states);
    copy.durable = durable;
    return copy;
  }

  static Durability drawDurability(SplittableRandom random) {
    return random.nextInt(3) == 0 ? Durability.BUFFERED : Durability.SYNC;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
