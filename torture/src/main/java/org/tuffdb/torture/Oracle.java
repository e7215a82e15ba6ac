package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;

/// Knows what a store must hold whose writers were killed.
///
/// Of each writer a beginning of its script must be there, with all that was acknowledged, and
/// nothing else: the whole store must be exactly what these steps make of it. So an acknowledged
/// write that is missing, a half of a batch, a hole and a wrong value all show.
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
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < scripts.size(); i++) {
      Script script = scripts.get(i);
      while (script.step() < acknowledgedSteps[i]) {
        List<Change> step = script.next();
        acknowledgedChanges += step.size();
        step.forEach(this::apply);
        changes.addAll(step);
      }
      changes.addAll(takeStepUnderWay(db, script));
    }
    List<String> findings = new ArrayList<>();
    changes.forEach(change -> checkGet(db, change, findings));
    expected.forEach((name, right) -> checkScan(db.keyspace(name), right, findings));
    requireNone(findings, acknowledgedSteps);
  }

  /// A writer reports a step before it begins the next one, so there is one that may or may not
  /// have taken effect. If a part of it did, then all of it must have.
  private List<Change> takeStepUnderWay(Db db, Script script) {
    if (script.isFinished()) {
      return List.of();
    }
    String before = script.position();
    List<Change> step = script.next();
    if (step.stream().noneMatch(change -> hasHappened(db, change))) {
      script.seek(before);
      return List.of();
    }
    step.forEach(this::apply);
    return step;
  }

  private boolean hasHappened(Db db, Change change) {
    @Nullable String there = get(db, change);
    return Objects.equals(there, change.value())
        && !Objects.equals(there, of(change).get(change.key()));
  }

  private void apply(Change change) {
    if (change.value() != null) {
      of(change).put(change.key(), change.value());
    } else {
      of(change).remove(change.key());
    }
  }

  private Map<String, String> of(Change change) {
    return Objects.requireNonNull(expected.get(change.keyspace()));
  }

  private static @Nullable String get(Db db, Change change) {
    byte @Nullable [] found = db.keyspace(change.keyspace()).get(change.keyBytes());
    return found == null ? null : Change.text(found);
  }

  private void checkGet(Db db, Change change, List<String> findings) {
    @Nullable String there = get(db, change);
    @Nullable String right = of(change).get(change.key());
    if (!Objects.equals(right, there)) {
      findings.add(finding("get from " + change.keyspace(), change.key(), right, there));
    }
  }

  private static void checkScan(
      Keyspace keyspace, Map<String, String> right, List<String> findings) {
    String what = "scan of " + keyspace.name();
    long found = 0;
    byte[] last = new byte[0];
    try (Cursor cursor = keyspace.scan(KeyRange.all())) {
      for (; cursor.next(); found++) {
        byte[] keyBytes = cursor.key();
        String key = Change.text(keyBytes);
        String there = Change.text(cursor.value());
        if (!there.equals(right.get(key))) {
          findings.add(finding(what, key, right.get(key), there));
        }
        if (Arrays.compareUnsigned(last, keyBytes) >= 0) {
          findings.add("  %s: %s is out of order".formatted(what, key));
        }
        last = keyBytes;
      }
    }
    if (found != right.size()) {
      findings.add("  %s: expected %d keys, found %d".formatted(what, right.size(), found));
    }
  }

  private static String finding(
      String where, String key, @Nullable String right, @Nullable String there) {
    return "  %s, %s: expected [%s], found [%s]".formatted(where, key, right, there);
  }

  private static void requireNone(List<String> findings, int[] acknowledgedSteps) {
    if (!findings.isEmpty()) {
      throw new Violation(
          "%d findings, acknowledged steps %s:%n%s"
              .formatted(
                  findings.size(),
                  Arrays.toString(acknowledgedSteps),
                  String.join(
                      System.lineSeparator(),
                      findings.subList(0, Math.min(FINDINGS_MAX, findings.size())))));
    }
  }
}
