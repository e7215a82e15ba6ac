package org.tuffdb.torture;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a writer's keys hold after so many of its steps, beside what is found in a store.
///
/// It counts the keys that differ as it goes from step to step, so that the step after which they
/// are alike is found in one go.
final class Ledger {
  private final Work work;
  private final int writer;
  private final Map<String, NavigableMap<String, String>> expected =
      Map.of(Change.RECORDS, new TreeMap<>(), Change.INDEX, new TreeMap<>());
  private Contents found = new Contents();
  private int differences;
  private int steps;

  Ledger(Work work, int writer) {
    this.work = work;
    this.writer = writer;
  }

  /// How many steps it contains.
  int steps() {
    return steps;
  }

  /// Compares with `contents` from now on.
  void compareWith(Contents contents) {
    found = contents;
    differences = 0;
    for (String keyspace : expected.keySet()) {
      for (int i = 0; i < Step.KEYS; i++) {
        differences += differs(keyspace, Step.key(writer, i));
      }
    }
  }

  boolean isAsFound() {
    return differences == 0;
  }

  int differences() {
    return differences;
  }

  /// Goes on by one step, and returns how many changes that makes.
  int advance() {
    Step step = Step.of(work, writer, steps++);
    Step.@Nullable Span cleared = step.cleared();
    if (cleared != null) {
      for (Map.Entry<String, NavigableMap<String, String>> keyspace : expected.entrySet()) {
        List.copyOf(keyspace.getValue().subMap(cleared.first(), cleared.last()).keySet())
            .forEach(key -> set(keyspace.getKey(), key, null));
      }
    }
    step.changes().forEach(change -> set(change.keyspace(), change.key(), change.value()));
    return step.changes().size();
  }

  private void set(String keyspace, String key, @Nullable String value) {
    differences -= differs(keyspace, key);
    if (value == null) {
      of(keyspace).remove(key);
    } else {
      of(keyspace).put(key, value);
    }
    differences += differs(keyspace, key);
  }

  private int differs(String keyspace, String key) {
    return Objects.equals(of(keyspace).get(key), found.get(keyspace, key)) ? 0 : 1;
  }

  private NavigableMap<String, String> of(String keyspace) {
    return Objects.requireNonNull(expected.get(keyspace));
  }

  /// One of the differences.
  String example() {
    for (String keyspace : expected.keySet()) {
      for (int i = 0; i < Step.KEYS; i++) {
        String key = Step.key(writer, i);
        if (differs(keyspace, key) == 1) {
          return "%s in %s: expected %s, found %s"
              .formatted(
                  key, keyspace, brief(of(keyspace).get(key)), brief(found.get(keyspace, key)));
        }
      }
    }
    return "none";
  }

  private static String brief(@Nullable String value) {
    return value == null ? "nothing" : "step " + Step.number(value);
  }
}
