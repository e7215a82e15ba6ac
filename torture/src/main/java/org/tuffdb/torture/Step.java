package org.tuffdb.torture;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.KeyRange;

/// What a [Worker]'s writer does at once: it clears a range of keys, or not, and makes changes. The
/// same for whoever asks, so that the process that writes and the one that checks agree without a
/// word.
///
/// Every writer has some hundred keys of its own, which it overwrites and deletes again and again,
/// so that there is always something to merge. A step makes at least one change that sets a value,
/// and every value says which step wrote it: so no two steps leave the same behind.
///
/// @param cleared the keys that are deleted before the changes, in all keyspaces
record Step(@Nullable Span cleared, List<Change> changes) {
  static final int WRITERS = 4;

  /// How many keys a writer has.
  static final int KEYS = 400;

  private static final List<String> KEYSPACES = List.of(Change.RECORDS, Change.INDEX);
  private static final int CHANGES_MAX = 12;
  private static final int CLEARED_MAX = 40;

  /// Made once, for formatting takes long in a process that has just begun.
  private static final String[] KEY_NAMES = new String[WRITERS * KEYS];

  static {
    Arrays.setAll(KEY_NAMES, i -> String.valueOf((char) ('a' + i / KEYS)) + (1000 + i % KEYS));
  }

  /// Keys from `first` to `last`, without `last`.
  record Span(String first, String last) {}

  /// Step `number` of a writer, from 0 on.
  static Step of(Work work, int writer, int number) {
    SplittableRandom random =
        new SplittableRandom(work.seed() * 31 + ((long) writer << 32 | number));
    // The first numbers that close seeds give are alike.
    random.nextLong();
    return switch (random.nextInt(12)) {
      case 0 -> new Step(span(random, writer), List.of(put(random, work, writer, number)));
      case 1, 2, 3 -> new Step(null, batch(random, work, writer, number));
      default -> new Step(null, List.of(put(random, work, writer, number)));
    };
  }

  private static Span span(SplittableRandom random, int writer) {
    int first = random.nextInt(KEYS - 1);
    int last = Math.min(KEYS - 1, first + random.nextInt(1, CLEARED_MAX));
    return new Span(key(writer, first), key(writer, last));
  }

  private static List<Change> batch(SplittableRandom random, Work work, int writer, int number) {
    Change[] changes = new Change[random.nextInt(1, CHANGES_MAX)];
    for (int i = 0; i < changes.length; i++) {
      changes[i] =
          i > 0 && random.nextInt(3) == 0
              ? new Change(keyspace(random), key(writer, random.nextInt(KEYS)), null)
              : put(random, work, writer, number);
    }
    // Nothing after it may undo the first change.
    for (int i = 1; i < changes.length; i++) {
      if (changes[i].key().equals(changes[0].key())) {
        changes[i] = changes[0];
      }
    }
    return List.of(changes);
  }

  private static Change put(SplittableRandom random, Work work, int writer, int number) {
    String key = key(writer, random.nextInt(KEYS));
    return new Change(keyspace(random), key, value(work, key, number));
  }

  private static String keyspace(SplittableRandom random) {
    return KEYSPACES.get(random.nextInt(KEYSPACES.size()));
  }

  static String key(int writer, int index) {
    return KEY_NAMES[writer * KEYS + index];
  }

  /// The writer that has the key.
  static int writer(String key) {
    return key.charAt(0) - 'a';
  }

  /// What step `number` puts there.
  static String value(Work work, String key, int number) {
    SplittableRandom random = new SplittableRandom(work.seed() + number * 31L + key.hashCode());
    random.nextLong();
    StringBuilder value = new StringBuilder().append(number).append(' ').append(key).append(' ');
    int length = value.length() + random.nextInt(work.paddingMax());
    while (value.length() < length) {
      value.append(random.nextLong());
    }
    value.setLength(length);
    return value.toString();
  }

  /// The number of the step that wrote `value`.
  static int number(String value) {
    return Integer.parseInt(value.substring(0, value.indexOf(' ')));
  }

  Batch batch() {
    Batch batch = new Batch();
    if (cleared != null) {
      KeyRange range =
          KeyRange.closedOpen(Change.bytes(cleared.first()), Change.bytes(cleared.last()));
      KEYSPACES.forEach(keyspace -> batch.deleteRange(keyspace, range));
    }
    changes.forEach(change -> Victim.add(batch, change));
    return batch;
  }
}
