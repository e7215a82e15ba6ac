package org.tuffdb.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

/// Compares the memtable with a `ConcurrentSkipListMap<byte[], byte[]>`, both in one run, one after the other
/// in every round, and prints the best round of each.
public final class MemtableBench {
  private static final int VALUE_BYTES = 100;
  private static final int ROUNDS = Integer.getInteger("rounds", 4);

  private final int count;
  private final SegmentPool pool = new SegmentPool(4L << 30);
  private final List<Row> rows = new ArrayList<>();

  private MemtableBench(int count) {
    this.count = count;
  }

  /// Nanoseconds per operation, the best so far.
  private static final class Row {
    final String name;
    double memtable = Double.POSITIVE_INFINITY;
    double skipList = Double.POSITIVE_INFINITY;

    Row(String name) {
      this.name = name;
    }
  }

  public static void main(String[] args) {
    MemtableBench bench = new MemtableBench(args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000);
    Random random = new Random(1);
    bench.compare(
        "random 16 bytes",
        i -> {
          byte[] key = new byte[16];
          random.nextBytes(key);
          return key;
        },
        false);
    int[] shuffled = shuffled(bench.count, random);
    bench.compare("user%012d, random", i -> text(shuffled[i]), false);
    bench.compare("user%012d, ascending", MemtableBench::text, true);
    bench.print();
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

  private void compare(String keys, IntFunction<byte[]> keyOf, boolean ascending) {
    if (!keys.startsWith(System.getProperty("only",""))) return;
    byte[][] sources = new byte[count][];
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < count; i++) {
      sources[i] = keyOf.apply(i);
    }
    int lookup = 0;
    byte[][] lookups = new byte[count][];
    for (int i : shuffled(count, new Random(2))) { lookups[lookup++] = sources[i].clone(); }
    Row put = new Row(keys + ": put");
    Row get = new Row(keys + ": get");
    Row next = new Row(keys + ": next");
    Row previous = new Row(keys + ": previous");
    for (int round = 0; round < ROUNDS; round++) {
      memtableRound(sources, value, lookups, put, get, next, previous);
      if (!Boolean.getBoolean("alone")) skipListRound(sources, value, lookups, put, get, next, previous);
    }
    rows.addAll(List.of(put, get, next, previous));
  }

  private void memtableRound(
      byte[][] keys, byte[] value, byte[][] lookups, Row put, Row get, Row next, Row previous) {
    long entryBytes = Memtable.entryBytesMax(16, VALUE_BYTES);
    byte[] source = new byte[16 + VALUE_BYTES];
    System.arraycopy(value, 0, source, 16, VALUE_BYTES);
    Memtable memtable = new Memtable(pool, entryBytes * count + (1 << 20));
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      System.arraycopy(keys[i], 0, source, 0, 16);
      memtable.reserve(entryBytes);
      memtable.put(i + 1, Kind.PUT, source, 0, 16, 16, VALUE_BYTES);
    }
    put.memtable = Math.min(put.memtable, perOperation(begin));
    begin = System.nanoTime();
    long sum = 0;
    byte[] to = new byte[VALUE_BYTES];
    for (byte[] key : lookups) {
      long handle = memtable.find(key, count);
      if (handle < 0) {
        throw new AssertionError("lost a key");
      }
      sum += memtable.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, memtable.valueOffset(handle));
    }
    get.memtable = Math.min(get.memtable, perOperation(begin));
    EntryCursor cursor = memtable.cursor();
    begin = System.nanoTime();
    for (boolean there = cursor.first(); there; there = cursor.next()) {
      sum += cursor.valueLength();
    }
    next.memtable = Math.min(next.memtable, perOperation(begin));
    begin = System.nanoTime();
    for (boolean there = cursor.last(); there; there = cursor.previous()) {
      sum += cursor.valueLength();
    }
    previous.memtable = Math.min(previous.memtable, perOperation(begin));
    if (sum == 42) System.out.println(sum);
    if (Boolean.getBoolean("verbose")) System.out.printf("  used %d reserved %d per entry %.1f%n", memtable.usedBytes(), memtable.reservedBytes(), (double) memtable.usedBytes() / count);
    memtable.release();
  }

  private void skipListRound(
      byte[][] keys, byte[] value, byte[][] lookups, Row put, Row get, Row next, Row previous) {
    ConcurrentSkipListMap<byte[], byte[]> map = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      map.put(keys[i].clone(), value.clone());
    }
    put.skipList = Math.min(put.skipList, perOperation(begin));
    begin = System.nanoTime();
    long sum = 0;
    for (byte[] key : lookups) {
      sum += map.get(key)[0];
    }
    get.skipList = Math.min(get.skipList, perOperation(begin));
    begin = System.nanoTime();
    for (byte[] v : map.values()) {
      sum += v.length;
    }
    next.skipList = Math.min(next.skipList, perOperation(begin));
    begin = System.nanoTime();
    for (byte[] v : map.descendingMap().values()) {
      sum += v.length;
    }
    previous.skipList = Math.min(previous.skipList, perOperation(begin));
    if (sum == 42) System.out.println(sum);
  }

  private double perOperation(long begin) {
    return (double) (System.nanoTime() - begin) / count;
  }

  private void print() {
    System.out.printf("%-32s %12s %12s %8s%n", "", "memtable ns", "skip list ns", "ratio");
    for (Row row : rows) {
      System.out.printf(
          "%-32s %12.1f %12.1f %8.2f%n",
          row.name, row.memtable, row.skipList, row.skipList / row.memtable);
    }
  }
}
