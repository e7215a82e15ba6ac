package org.tuffdb.bench.large;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  private static final int READERS = 8;

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

  /// Gets and checks all entries in random order. By several threads: what is not in memory waits
  /// for the disk, which serves many readers as quickly as one.
  void get(int version) {
    Shuffle order = Shuffle.of(count, version + 1_000_000);
    Watch watch = Watch.begin();
    try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      List<Future<?>> parts = new ArrayList<>();
      for (int part = 0; part < READERS; part++) {
        long from = count * part / READERS;
        long to = count * (part + 1) / READERS;
        parts.add(readers.submit(() -> get(version, order, from, to)));
      }
      parts.forEach(Workload::await);
    }
    report.rate("gets in random order, all right", count, watch);
  }

  private void get(int version, Shuffle order, long from, long to) {
    Entries own = new Entries(entries.seed());
    byte[] wanted = new byte[Entries.KEY_BYTES];
    byte[] found = new byte[Entries.VALUE_BYTES];
    for (long i = from; i < to; i++) {
      own.key(order.at(i), wanted);
      own.check(wanted, version, found, db.get(wanted, found));
    }
  }

  private static void await(Future<?> part) {
    try {
      part.get();
    } catch (InterruptedException | ExecutionException e) {
      throw e.getCause() instanceof WrongAnswer wrong ? wrong : new IllegalStateException(e);
    }
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
