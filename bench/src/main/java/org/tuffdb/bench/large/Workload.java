package org.tuffdb.bench.large;

import java.util.Arrays;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;

/// Writes, reads and deletes all of a number of entries, and reports how long it took. What is read
/// is checked.
final class Workload {
  private final Db db;
  private final long count;
  private final Report report;
  private final Entries entries;
  private final byte[] key = new byte[Entries.KEY_BYTES];
  private final byte[] value = new byte[Entries.VALUE_BYTES];

  Workload(Db db, long count, long seed, Report report) {
    this.db = db;
    this.count = count;
    this.report = report;
    this.entries = new Entries(seed);
  }

  /// Puts all entries in random order, without waiting for the disk. Each version comes in another
  /// order.
  void put(int version) {
    Shuffle order = Shuffle.of(count, version);
    Watch watch = Watch.begin();
    for (long i = 0; i < count; i++) {
      entries.key(order.at(i), key);
      entries.value(key, version, value);
      db.put(key, value, Durability.BUFFERED);
    }
    report.rate("puts in random order", count, watch);
  }

  /// Gets and checks all entries in random order.
  void get(int version) {
    Shuffle order = Shuffle.of(count, version + 1_000_000);
    Watch watch = Watch.begin();
    for (long i = 0; i < count; i++) {
      entries.key(order.at(i), key);
      entries.check(key, version, value, db.get(key, value));
    }
    report.rate("gets in random order, all right", count, watch);
  }

  /// Deletes all entries one by one in random order, without waiting for the disk.
  void delete() {
    Shuffle order = Shuffle.of(count, 2_000_000);
    Watch watch = Watch.begin();
    for (long i = 0; i < count; i++) {
      entries.key(order.at(i), key);
      db.delete(key, Durability.BUFFERED);
    }
    report.rate("deletes in random order", count, watch);
  }

  /// Scans all entries one way, and checks each, their order, and that none is missing: as many
  /// different keys as there are entries, and each key one of theirs.
  void scan(int version, boolean reversed) {
    KeyRange range = reversed ? KeyRange.all().reversed() : KeyRange.all();
    long seen = 0;
    Watch watch = Watch.begin();
    try (Cursor cursor = db.scan(range)) {
      byte[] previous = new byte[0];
      while (cursor.next()) {
        byte[] here = cursor.key();
        requireOrder(previous, here, reversed);
        requireKnown(here);
        byte[] found = cursor.value();
        entries.check(here, version, found, found.length);
        previous = here;
        seen++;
      }
    }
    if (seen != count) {
      throw new WrongAnswer("a scan found %,d entries, not %,d".formatted(seen, count));
    }
    report.rate(reversed ? "scan down, all right" : "scan up, all right", seen, watch);
  }

  private static void requireOrder(byte[] previous, byte[] here, boolean reversed) {
    int order = Arrays.compareUnsigned(here, previous);
    if (previous.length > 0 && (reversed ? order >= 0 : order <= 0)) {
      throw new WrongAnswer(
          "a scan went from %s to %s".formatted(Arrays.toString(previous), Arrays.toString(here)));
    }
  }

  private void requireKnown(byte[] here) {
    long number = entries.numberOf(here);
    entries.key(number, key);
    if (number < 0 || number >= count || !Arrays.equals(here, key)) {
      throw new WrongAnswer("a scan found an unknown key " + Arrays.toString(here));
    }
  }

  /// Checks that there is nothing.
  void requireEmpty() {
    try (Cursor cursor = db.scan(KeyRange.all())) {
      if (cursor.next()) {
        throw new WrongAnswer("a scan found a deleted key " + Arrays.toString(cursor.key()));
      }
    }
  }
}
