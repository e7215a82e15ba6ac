package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;

/// Knows what a store must hold whose writers were killed.
///
/// Of each writer a beginning of its script must be there, with all that was acknowledged, and
/// nothing else. How long that beginning is, the values say, which name the steps that wrote them;
/// then the whole store must be exactly what these steps make of it. So an acknowledged write that
/// is missing, a half of a batch, a hole and a wrong value all show.
final class Oracle {
  private static final int FINDINGS_MAX = 10;

  private final List<Script> scripts = new ArrayList<>();
  private final Map<String, Map<String, String>> expected =
      Map.of(Change.RECORDS, new HashMap<>(), Change.INDEX, new HashMap<>());
  private long acknowledgedChanges;

  Oracle(Input input, long seed) {
    for (int i = 0; i < Script.WRITERS; i++) {
      scripts.add(new Script(input, seed, i));
    }
  }

  /// Where the writers go on, as [Victim] reads it.
  String positions() {
    return String.join(" ", scripts.stream().map(Script::position).toList());
  }

  boolean isFinished() {
    return scripts.stream().allMatch(Script::isFinished);
  }

  /// How many changes were acknowledged so far, in steps that are verified.
  long acknowledgedChanges() {
    return acknowledgedChanges;
  }

  /// How many keys the store holds.
  long keys() {
    return expected.values().stream().mapToLong(Map::size).sum();
  }

  /// Checks a store whose writers were told that so many of their steps are acknowledged, and goes
  /// on from what is there.
  ///
  /// @throws Violation if the store holds anything but what it may
  void verify(Db db, int[] acknowledgedSteps) {
    Map<String, Map<String, String>> found = new HashMap<>();
    expected.keySet().forEach(name -> found.put(name, contents(db.keyspace(name))));
    int[] seen = stepsSeen(found);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < scripts.size(); i++) {
      changes.addAll(replay(i, acknowledgedSteps[i], seen[i], found));
    }
    compare(found, acknowledgedSteps);
    changes.forEach(change -> checkGet(db, change));
  }

  private static Map<String, String> contents(Keyspace keyspace) {
    Map<String, String> contents = new HashMap<>();
    byte[] last = new byte[0];
    try (Cursor cursor = keyspace.scan(KeyRange.all())) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (Arrays.compareUnsigned(last, key) >= 0) {
          throw new Violation("a scan is out of order at " + Change.text(key));
        }
        contents.put(Change.text(key), Change.text(cursor.value()));
        last = key;
      }
    }
    return contents;
  }

  /// How many steps of each writer the values testify to.
  private int[] stepsSeen(Map<String, Map<String, String>> found) {
    int[] seen = new int[scripts.size()];
    for (Map<String, String> contents : found.values()) {
      for (String value : contents.values()) {
        int writer = Script.writerOf(value);
        seen[writer] = Math.max(seen[writer], Script.stepOf(value) + 1);
      }
    }
    return seen;
  }

  /// Has the expected contents take in what `writer` did, and returns it. A deletion leaves no
  /// value that could name it: at the end of what was seen it counts if the keys are gone.
  private List<Change> replay(
      int writer, int acknowledged, int seen, Map<String, Map<String, String>> found) {
    Script script = scripts.get(writer);
    List<Change> changes = new ArrayList<>();
    while (!script.isFinished()) {
      String before = script.position();
      List<Change> step = script.next();
      if (script.step() > Math.max(acknowledged, seen)
          && !step.stream().allMatch(c -> isGone(c, found))) {
        script.seek(before);
        break;
      }
      acknowledgedChanges += script.step() <= acknowledged ? step.size() : 0;
      step.forEach(this::apply);
      changes.addAll(step);
    }
    return changes;
  }

  private static boolean isGone(Change change, Map<String, Map<String, String>> found) {
    return change.value() == null && !of(found, change).containsKey(change.key());
  }

  private void apply(Change change) {
    if (change.value() != null) {
      of(expected, change).put(change.key(), change.value());
    } else {
      of(expected, change).remove(change.key());
    }
  }

  private static Map<String, String> of(Map<String, Map<String, String>> contents, Change change) {
    return Objects.requireNonNull(contents.get(change.keyspace()));
  }

  private void compare(Map<String, Map<String, String>> found, int[] acknowledgedSteps) {
    List<String> findings = new ArrayList<>();
    expected.forEach((keyspace, right) -> {
      Map<String, String> there = Objects.requireNonNull(found.get(keyspace));
      if (!there.equals(right)) {
        Map<String, String> all = new TreeMap<>(right);
        all.putAll(there);
        for (String key : all.keySet()) {
          if (!Objects.equals(right.get(key), there.get(key))) {
            findings.add(finding(keyspace, key, right.get(key), there.get(key)));
          }
        }
      }
    });
    if (!findings.isEmpty()) {
      throw new Violation(
          "%d keys are wrong, acknowledged steps %s:%n%s"
              .formatted(
                  findings.size(),
                  Arrays.toString(acknowledgedSteps),
                  String.join(
                      System.lineSeparator(),
                      findings.subList(0, Math.min(FINDINGS_MAX, findings.size())))));
    }
  }

  private static String finding(
      String keyspace, String key, @Nullable String right, @Nullable String there) {
    return "  %s %s: expected [%s], found [%s]".formatted(keyspace, key, right, there);
  }

  /// A get goes another way than a scan.
  private void checkGet(Db db, Change change) {
    byte @Nullable [] found = db.keyspace(change.keyspace()).get(change.keyBytes());
    @Nullable String there = found == null ? null : Change.text(found);
    @Nullable String right = of(expected, change).get(change.key());
    if (!Objects.equals(right, there)) {
      throw new Violation("get: " + finding(change.keyspace(), change.key(), right, there));
    }
  }
}
