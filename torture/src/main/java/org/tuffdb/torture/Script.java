package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What one writer does, step by step: the same for whoever asks, so that the process that writes
/// and the one that checks agree without a word.
///
/// The records are dealt out to the writers, and no two write the same key. A step is a put, a
/// delete, or a batch, and every value says which step wrote it.
final class Script {
  static final int WRITERS = 6;

  private static final int BATCH_RECORDS_MAX = 32;

  /// How far back a step goes for a record to be changed.
  private static final int REACH = 1_000;

  private final Input input;
  private final long seed;
  private final int writer;
  private int step;
  private int nextRecord;

  Script(Input input, long seed, int writer) {
    this.input = input;
    this.seed = seed;
    this.writer = writer;
  }

  /// Goes to `position`, as [#position()] gave it.
  void seek(String position) {
    String[] parts = position.split(":", -1);
    step = Integer.parseInt(parts[0]);
    nextRecord = Integer.parseInt(parts[1]);
  }

  String position() {
    return step + ":" + nextRecord;
  }

  /// How many steps lie behind.
  int step() {
    return step;
  }

  boolean isFinished() {
    return record(nextRecord) >= input.records();
  }

  /// The next step's changes, which belong together.
  List<Change> next() {
    SplittableRandom random = new SplittableRandom(seed + ((long) writer << 32 | step));
    // The first numbers that close seeds give are alike.
    random.nextLong();
    List<Change> changes =
        switch (nextRecord == 0 ? 15 : random.nextInt(16)) {
          case 0 -> List.of(delete(random));
          case 1 -> List.of(putAgain(random));
          case 2 -> deleteBatch(random);
          case 3, 4 -> putBatch(random, false);
          case 5 -> putBatch(random, true);
          default -> List.of(put(nextRecord++));
        };
    step++;
    return changes;
  }

  private Change put(int index) {
    int record = record(index);
    return new Change(Change.RECORDS, input.key(record), value(record));
  }

  private Change putAgain(SplittableRandom random) {
    return put(earlier(random));
  }

  private Change delete(SplittableRandom random) {
    return new Change(Change.RECORDS, input.key(record(earlier(random))), null);
  }

  private List<Change> putBatch(SplittableRandom random, boolean indexed) {
    List<Change> changes = new ArrayList<>();
    int count = 1 + random.nextInt(BATCH_RECORDS_MAX);
    for (int i = 0; i < count && !isFinished(); i++) {
      int record = record(nextRecord);
      changes.add(put(nextRecord++));
      if (indexed) {
        changes.add(new Change(Change.INDEX, indexKey(record), value(record)));
      }
    }
    return changes;
  }

  private List<Change> deleteBatch(SplittableRandom random) {
    List<Change> changes = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      int record = record(earlier(random));
      changes.add(new Change(Change.RECORDS, input.key(record), null));
      changes.add(new Change(Change.INDEX, indexKey(record), null));
    }
    return changes;
  }

  private int earlier(SplittableRandom random) {
    return nextRecord - 1 - random.nextInt(Math.min(nextRecord, REACH));
  }

  private int record(int index) {
    return writer + index * WRITERS;
  }

  private String indexKey(int record) {
    return input.owner(record) + " " + input.key(record);
  }

  private String value(int record) {
    return "%s\t%d\t%d".formatted(input.owner(record), writer, step);
  }
}
