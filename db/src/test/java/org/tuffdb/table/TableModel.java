package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileSystem;

/// What a table should hold, to write it and to compare it with.
final class TableModel {
  static final Path PATH = Path.of("/000007.table");
  static final long STORE = 99;
  static final FileHeader HEADER = new FileHeader(FileHeader.Kind.TABLE, 7, STORE, 5);

  /// A key and the sequence of one of its entries.
  @SuppressWarnings("ArrayRecordComponent") // compared by compareTo alone
  record Versioned(byte[] key, long sequence) implements Comparable<Versioned> {
    @Override
    public int compareTo(Versioned that) {
      int order = Arrays.compareUnsigned(key, that.key);
      return order != 0 ? order : Long.compare(that.sequence, sequence);
    }
  }

  final NavigableMap<Versioned, byte[]> entries = new TreeMap<>();
  final List<RangeDelete> rangeDeletes = new ArrayList<>();

  /// The kind follows from the entry, so that the model need not hold it.
  static byte kind(long sequence, byte[] value) {
    return value.length == 0 && sequence % 2 == 0 ? Kind.DELETE : Kind.PUT;
  }

  void put(byte[] key, long sequence, byte[] value) {
    entries.put(new Versioned(key, sequence), value);
  }

  TableInfo write(FileSystem files, TableOptions options) throws IOException {
    return write(files, PATH, HEADER, options);
  }

  TableInfo write(FileSystem files, Path path, FileHeader header, TableOptions options)
      throws IOException {
    try (TableWriter writer = TableWriter.create(files, path, header, options)) {
      for (Map.Entry<Versioned, byte[]> entry : entries.entrySet()) {
        add(writer, entry.getKey().key, entry.getKey().sequence, entry.getValue());
      }
      writer.addRangeDeletes(rangeDeletes);
      return writer.finish();
    }
  }

  static void add(TableWriter writer, byte[] key, long sequence, byte[] value) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = arena.allocate(key.length + value.length);
      MemorySegment.copy(key, 0, s, ValueLayout.JAVA_BYTE, 0, key.length);
      MemorySegment.copy(value, 0, s, ValueLayout.JAVA_BYTE, key.length, value.length);
      writer.add(s, 0, key.length, key.length, value.length, sequence, kind(sequence, value));
    }
  }

  /// Whether the info is what the entries and range deletes say.
  void assertInfo(TableInfo info) {
    assertThat(info.entries()).isEqualTo(entries.size());
    assertThat(info.deletes())
        .isEqualTo(
            entries.entrySet().stream()
                .filter(e -> kind(e.getKey().sequence, e.getValue()) == Kind.DELETE)
                .count());
    assertThat(info.rangeDeletes()).isEqualTo(rangeDeletes.size());
    for (Versioned entry : entries.keySet()) {
      assertThat(info.covers(entry.key)).isTrue();
      assertThat(entry.sequence).isBetween(info.oldestSequence(), info.newestSequence());
    }
    for (RangeDelete delete : rangeDeletes) {
      assertThat(Arrays.compareUnsigned(info.first(), delete.start())).isNotPositive();
      assertThat(Keys.higherLimit(info.limit(), delete.limit())).isEqualTo(info.limit());
    }
  }

  /// Compares all entries, both ways.
  void assertScans(EntryCursor cursor) {
    boolean there = cursor.first();
    for (Map.Entry<Versioned, byte[]> entry : entries.entrySet()) {
      assertStands(cursor, there, entry);
      there = cursor.next();
    }
    assertThat(there).isFalse();
    assertThat(cursor.next()).isFalse();
    there = cursor.last();
    for (Map.Entry<Versioned, byte[]> entry : entries.descendingMap().entrySet()) {
      assertStands(cursor, there, entry);
      there = cursor.previous();
    }
    assertThat(there).isFalse();
    assertThat(cursor.previous()).isFalse();
  }

  /// Seeks, and then steps to and fro.
  void assertWalks(EntryCursor cursor, Random random, byte[] key, long sequence) {
    Map.Entry<Versioned, byte[]> at = entries.ceilingEntry(new Versioned(key, sequence));
    assertStands(cursor, cursor.seek(key, sequence), at);
    for (int step = random.nextInt(8); step > 0 && at != null; step--) {
      boolean forwards = random.nextBoolean();
      at = forwards ? entries.higherEntry(at.getKey()) : entries.lowerEntry(at.getKey());
      assertStands(cursor, forwards ? cursor.next() : cursor.previous(), at);
    }
  }

  void assertFinds(Table table, byte[] key, long sequence) {
    Map.Entry<Versioned, byte[]> expected = entries.ceilingEntry(new Versioned(key, sequence));
    boolean there = expected != null && Arrays.equals(expected.getKey().key, key);
    Found found = new Found();
    assertThat(table.find(key, Hash.of(key), sequence, found)).isEqualTo(there);
    if (there) {
      assertThat(found.sequence()).isEqualTo(expected.getKey().sequence);
      assertThat(found.kind()).isEqualTo(kind(found.sequence(), expected.getValue()));
      assertThat(bytes(found.segment(), found.valueOffset(), found.valueLength()))
          .isEqualTo(expected.getValue());
      found.release();
    }
  }

  private static void assertStands(
      EntryCursor cursor, boolean there, Map.@Nullable Entry<Versioned, byte[]> entry) {
    assertThat(there).isEqualTo(entry != null);
    if (entry != null) {
      assertThat(bytes(cursor.segment(), cursor.keyOffset(), cursor.keyLength()))
          .isEqualTo(entry.getKey().key);
      assertThat(bytes(cursor.segment(), cursor.valueOffset(), cursor.valueLength()))
          .isEqualTo(entry.getValue());
      assertThat(cursor.sequence()).isEqualTo(entry.getKey().sequence);
      assertThat(cursor.kind()).isEqualTo(kind(cursor.sequence(), entry.getValue()));
    }
  }

  private static byte[] bytes(MemorySegment s, long offset, int length) {
    return s.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /// Reads every byte of a table; the first damage is thrown.
  static void verify(FileSystem files, Path path, TableInfo info, LongConsumer progressBytes) {
    new TableCheck(
            files,
            path,
            info.number(),
            info,
            STORE,
            progressBytes,
            (offset, what, _, _) -> {
              throw new CorruptionException(path, offset, what);
            })
        .run();
  }
}
