package org.tuffdb.torture;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the keys of one writer hold, by the numbers of the steps that set them, for its own reads
/// while memory is short: to go on by a step takes memory before the step is made, and none after.
///
/// While it is not known whether a step is there, all that it changes may be as before it, or all
/// as after it; and once it was seen it stays.
final class Mirror {
  static final List<String> KEYSPACES = List.of(Change.RECORDS, Change.INDEX);

  /// How many keys there are, in all keyspaces.
  static final int PLACES = KEYSPACES.size() * Step.KEYS;

  private static final int NOTHING = -1;

  private final Work work;
  private final int writer;
  private int[] now = new int[PLACES];
  private int[] next = now;

  /// Whether somebody has seen that the step is there.
  private boolean seen;

  /// Whether the view that is looked at shows that the step is not there.
  private boolean missed;

  Mirror(Work work, int writer) {
    this.work = work;
    this.writer = writer;
  }

  String keyspace(int place) {
    return KEYSPACES.get(place / Step.KEYS);
  }

  String key(int place) {
    return Step.key(writer, place % Step.KEYS);
  }

  /// Takes over what a store was found to hold.
  void show(Contents contents) {
    int[] found = new int[PLACES];
    for (int place = 0; place < PLACES; place++) {
      @Nullable String value = contents.get(keyspace(place), key(place));
      found[place] = value == null ? NOTHING : Step.number(value);
    }
    now = found;
    next = found;
    seen = false;
  }

  /// The step is about to be made.
  void begin(Step step, int number) {
    int[] after = now.clone();
    Step.@Nullable Span cleared = step.cleared();
    if (cleared != null) {
      for (int from = 0; from < PLACES; from += Step.KEYS) {
        Arrays.fill(after, from + index(cleared.first()), from + index(cleared.last()), NOTHING);
      }
    }
    for (Change change : step.changes()) {
      int place = KEYSPACES.indexOf(change.keyspace()) * Step.KEYS + index(change.key());
      after[place] = change.value() == null ? NOTHING : number;
    }
    next = after;
  }

  /// The step that was begun last is there.
  void done() {
    now = next;
    seen = false;
  }

  /// Puts places into `into` that show whether the step is there, which nobody knows; returns how
  /// many.
  int unsure(int[] into) {
    int count = 0;
    for (int place = 0; place < PLACES && count < into.length; place++) {
      if (now[place] != next[place]) {
        into[count++] = place;
      }
    }
    return count;
  }

  /// What is checked from now on was seen at one moment.
  void beginView() {
    missed = false;
  }

  private int index(String key) {
    return number(key) - number(key(0));
  }

  /// Keys are a letter and a number.
  private static int number(String key) {
    return Integer.parseInt(key, 1, key.length(), 10);
  }

  /// @throws Violation if a place may not hold `found`
  void check(int place, byte @Nullable [] found) {
    @Nullable String value = found == null ? null : Change.text(found);
    int number = value == null ? NOTHING : Step.number(value);
    if (number != now[place] && number != next[place]) {
      throw new Violation(
          "read from %s of %s what step %d wrote, after step %d and perhaps %d"
              .formatted(key(place), keyspace(place), number, now[place], next[place]));
    }
    if (now[place] != next[place]) {
      requireWhole(place, number == next[place]);
    }
    if (value != null && !value.equals(Step.value(work, key(place), number))) {
      throw new Violation("nobody wrote what is read from " + key(place) + ": " + value);
    }
  }

  private void requireWhole(int place, boolean there) {
    seen |= there;
    missed |= !there;
    if (seen && missed) {
      throw new Violation(
          "a step in halves, or taken back: step %d at %s of %s is %s"
              .formatted(next[place], key(place), keyspace(place), there ? "there" : "missing"));
    }
  }
}
