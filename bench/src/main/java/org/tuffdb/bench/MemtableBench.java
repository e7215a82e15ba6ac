package org.tuffdb.bench;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

/// Compares the memtable with a `ConcurrentSkipListMap<byte[], byte[]>`, one after the other in
/// every round of one run, and prints the best round of each. `bench/memtable` runs it.
public final class MemtableBench {
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;

  private final int count;
  private final int rounds;
  private final SegmentPool pool = new SegmentPool(4L << 30);
  private long sink;

  private MemtableBench(int count, int rounds) {
    this.count = count;
    this.rounds = rounds;
  }

  /// Nanoseconds per operation, the best round so far.
  private static final class Row {
    final String name;
    double memtable = Double.POSITIVE_INFINITY;
    double skipList = Double.POSITIVE_INFINITY;

    Row(String name) {
      this.name = name;
    }

    double ratio() {
      return skipList / memtable;
    }
  }

  /// One kind of keys: in the order of the puts, and in that of the gets.
  private final class Keys {
    final byte[] source = new byte[count * KEY_BYTES + VALUE_BYTES];
    final byte[][] lookups = new byte[count][];
    final Row put;
    final Row get;
    final Row next;
    final Row previous;

    Keys(String name, IntFunction<byte[]> keyOf) {
      put = new Row(name + ": put");
      get = new Row(name + ": get");
      next = new Row(name + ": next");
      previous = new Row(name + ": previous");
      for (int i = 0; i < count; i++) {
        System.arraycopy(keyOf.apply(i), 0, source, i * KEY_BYTES, KEY_BYTES);
      }
      int[] order = shuffled(count, new Random(2));
      for (int i = 0; i < count; i++) {
        lookups[i] = key(order[i]);
      }
    }

    byte[] key(int i) {
      return Arrays.copyOfRange(source, i * KEY_BYTES, (i + 1) * KEY_BYTES);
    }

    byte[] value() {
      return Arrays.copyOfRange(source, count * KEY_BYTES, source.length);
    }

    List<Row> rows() {
      return List.of(put, get, next, previous);
    }
  }

  public static void main(String[] args) {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    new MemtableBench(count, rounds).run();
  }

  private void run() {
    Random random = new Random(1);
    int[] shuffled = shuffled(count, random);
    Keys uniform = new Keys("random 16 bytes", i -> randomKey(random));
    Keys text = new Keys("user%012d, shuffled", i -> text(shuffled[i]));
    Keys ascending = new Keys("user%012d, ascending", MemtableBench::text);
    List<Row> rows = new ArrayList<>();
    for (Keys keys : List.of(uniform, text, ascending)) {
      for (int round = 0; round < rounds; round++) {
        memtableRound(keys);
        skipListRound(keys);
      }
      rows.addAll(keys.rows());
    }
    print(rows);
    System.out.printf(
        Locale.ROOT,
        "user%%012d against random keys (at least 0.70): put %.2f, get %.2f%n",
        uniform.put.memtable / text.put.memtable,
        uniform.get.memtable / text.get.memtable);
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  private static byte[] text(int i) {
    return String.format(Locale.ROOT, "user%012d", i).getBytes(StandardCharsets.US_ASCII);
  }

  private static int[] shuffled(int count, Random random) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }

  private void memtableRound(Keys keys) {
    long entryBytes = Memtable.entryBytesMax(KEY_BYTES, VALUE_BYTES);
    Memtable memtable = new Memtable(pool, entryBytes * count + (1 << 20), 0);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      memtable.reserve(entryBytes);
      memtable.put(
          i + 1, Kind.PUT, keys.source, i * KEY_BYTES, KEY_BYTES, count * KEY_BYTES, VALUE_BYTES);
    }
    keys.put.memtable = better(keys.put.memtable, begin);
    begin = System.nanoTime();
    for (byte[] key : keys.lookups) {
      Found found = new Found();
      boolean _ = memtable.find(key, Hash.of(key), count, found);
      sink += found.segment().get(ValueLayout.JAVA_BYTE, found.valueOffset());
    }
    keys.get.memtable = better(keys.get.memtable, begin);
    EntryCursor cursor = memtable.cursor();
    begin = System.nanoTime();
    for (boolean there = cursor.first(); there; there = cursor.next()) {
      sink += cursor.valueLength();
    }
    keys.next.memtable = better(keys.next.memtable, begin);
    begin = System.nanoTime();
    for (boolean there = cursor.last(); there; there = cursor.previous()) {
      sink += cursor.valueLength();
    }
    keys.previous.memtable = better(keys.previous.memtable, begin);
    memtable.release();
  }

  private void skipListRound(Keys keys) {
    ConcurrentSkipListMap<byte[], byte[]> map =
        new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      map.put(keys.key(i), keys.value());
    }
    keys.put.skipList = better(keys.put.skipList, begin);
    begin = System.nanoTime();
    for (byte[] key : keys.lookups) {
      sink += Objects.requireNonNull(map.get(key))[0];
    }
    keys.get.skipList = better(keys.get.skipList, begin);
    begin = System.nanoTime();
    for (byte[] value : map.values()) {
      sink += value.length;
    }
    keys.next.skipList = better(keys.next.skipList, begin);
    begin = System.nanoTime();
    for (byte[] value : map.descendingMap().values()) {
      sink += value.length;
    }
    keys.previous.skipList = better(keys.previous.skipList, begin);
  }

  private double better(double best, long begin) {
    return Math.min(best, (double) (System.nanoTime() - begin) / count);
  }

  private void print(List<Row> rows) {
    System.out.printf(
        Locale.ROOT, "%-32s %12s %12s %8s%n", "ns per operation", "memtable", "skip list", "ratio");
    for (Row row : rows) {
      System.out.printf(
          Locale.ROOT,
          "%-32s %12.1f %12.1f %8.2f%n",
          row.name,
          row.memtable,
          row.skipList,
          row.ratio());
    }
    if (sink == 0) { // never; it keeps what was read in use
      throw new AssertionError("nothing was read");
    }
  }
}
