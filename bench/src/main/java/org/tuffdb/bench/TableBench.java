package org.tuffdb.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.table.Access;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.BlockCompression;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableOptions;
import org.tuffdb.table.TableWriter;

/// Writes a table of random 16-byte keys and 100-byte values, reads it in each way, and prints the
/// best round of each. `bench/table` runs it.
public final class TableBench {
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;
  private static final int ENTRY_BYTES = KEY_BYTES + VALUE_BYTES;
  private static final int BLOCK_BYTES = 4096;

  private final FileSystem files = FileSystem.disk();
  private final int count;
  private final Path directory;
  private final MemorySegment entries;
  private final byte[][] lookups;
  private final byte[][] absent;
  private final long[] sequences;
  private final Map<String, Double> best = new LinkedHashMap<>();
  private long sink;

  private TableBench(int count, Path directory, Arena arena) {
    this.count = count;
    this.directory = directory;
    Random random = new Random(1);
    byte[][] keys = new byte[count][KEY_BYTES];
    absent = new byte[count][KEY_BYTES];
    sequences = new long[count];
    for (int i = 0; i < count; i++) {
      random.nextBytes(keys[i]);
      random.nextBytes(absent[i]);
      sequences[i] = 1L + random.nextInt(count);
    }
    lookups = keys.clone();
    Arrays.sort(keys, Arrays::compareUnsigned);
    entries = arena.allocate((long) count * ENTRY_BYTES + Long.BYTES, Long.BYTES);
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < count; i++) {
      // One half of a value is random, as LZ4 finds it.
      random.nextBytes(value);
      Arrays.fill(value, 0, VALUE_BYTES / 2, (byte) 'v');
      MemorySegment.copy(keys[i], 0, entries, ValueLayout.JAVA_BYTE, keyAt(i), KEY_BYTES);
      MemorySegment.copy(
          value, 0, entries, ValueLayout.JAVA_BYTE, keyAt(i) + KEY_BYTES, VALUE_BYTES);
    }
  }

  private static long keyAt(int i) {
    return Long.BYTES + (long) i * ENTRY_BYTES;
  }

  public static void main(String[] args) throws IOException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path directory = Path.of(args.length > 2 ? args[2] : "target/table-bench");
    try (Arena arena = Arena.ofShared()) {
      TableBench bench = new TableBench(count, directory.toAbsolutePath(), arena);
      bench.files.createDirectories(bench.directory);
      for (int round = 0; round < rounds; round++) {
        for (BlockCompression compression : BlockCompression.values()) {
          if (System.getProperty("only") == null
              || compression.toString().equals(System.getProperty("only")))
            bench.round(compression);
        }
      }
      bench.print();
    }
  }

  private void round(BlockCompression compression) throws IOException {
    Path path = directory.resolve(compression + ".table");
    if (files.exists(path)) {
      files.delete(path);
    }
    String name = compression.toString().toLowerCase(Locale.ROOT) + ": ";
    TableInfo info = write(name, path, compression);
    best.put(name + "bytes per entry in the file", (double) info.sizeBytes() / count);
    BlockCache cache = new BlockCache(2 * info.sizeBytes() + (256 << 20), BLOCK_BYTES);
    for (Access reading : Access.values()) {
      String how = name + reading.toString().toLowerCase(Locale.ROOT) + ": ";
      long begin = System.nanoTime();
      try (Table table = Table.open(files, path, info, 9, reading, cache)) {
        note(how + "open, µs", (System.nanoTime() - begin) / 1e3);
        read(how, table);
      }
    }
    files.delete(path);
  }

  private TableInfo write(String name, Path path, BlockCompression compression) throws IOException {
    FileHeader header = new FileHeader(FileHeader.Kind.TABLE, 7, 9, 11);
    long begin = System.nanoTime();
    try (TableWriter writer =
        TableWriter.create(files, path, header, new TableOptions(BLOCK_BYTES, 10, compression))) {
      for (int i = 0; i < count; i++) {
        long key = keyAt(i);
        writer.add(entries, key, KEY_BYTES, key + KEY_BYTES, VALUE_BYTES, sequences[i], Kind.PUT);
      }
      note(name + "add, ns", (double) (System.nanoTime() - begin) / count);
      TableInfo info = writer.finish();
      note(name + "write and sync, ns", (double) (System.nanoTime() - begin) / count);
      return info;
    }
  }

  private void read(String how, Table table) throws IOException {
    find(table, lookups);
    long begin = System.nanoTime();
    int hits = find(table, lookups);
    note(how + "find, ns", (double) (System.nanoTime() - begin) / count);
    begin = System.nanoTime();
    int misses = count - find(table, absent);
    note(how + "find what is absent, ns", (double) (System.nanoTime() - begin) / count);
    if (hits != count || misses != count) {
      throw new AssertionError("found " + hits + " and missed " + misses);
    }
    try (EntryCursor cursor = table.cursor()) {
      begin = System.nanoTime();
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        sink += cursor.valueOffset() + cursor.valueLength() + cursor.sequence();
      }
      note(how + "next, ns", (double) (System.nanoTime() - begin) / count);
      begin = System.nanoTime();
      for (boolean there = cursor.last(); there; there = cursor.previous()) {
        sink += cursor.valueOffset() + cursor.valueLength() + cursor.sequence();
      }
      note(how + "previous, ns", (double) (System.nanoTime() - begin) / count);
    }
    try (EntryCursor cursor = table.sweep()) {
      begin = System.nanoTime();
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        sink += cursor.valueOffset() + cursor.valueLength() + cursor.sequence();
      }
      note(how + "sweep, ns", (double) (System.nanoTime() - begin) / count);
    }
  }

  private int find(Table table, byte[][] keys) {
    int hits = 0;
    for (byte[] key : keys) {
      Found found = new Found();
      if (table.find(key, Hash.of(key), count, found)) {
        hits++;
        sink += found.segment().get(ValueLayout.JAVA_BYTE, found.valueOffset());
        found.release();
      }
    }
    return hits;
  }

  private void note(String what, double figure) {
    best.merge(what, figure, Math::min);
  }

  private void print() {
    best.forEach((what, figure) -> System.out.printf(Locale.ROOT, "%-44s %10.1f%n", what, figure));
    if (sink == 0) { // never; it keeps what was read in use
      throw new AssertionError("nothing was read");
    }
  }
}
