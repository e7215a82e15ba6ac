package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;

/// A memtable beside a [TreeMap] that gets the same entries.
final class MemtableModel {
  static final class InternalKey {
    static final Comparator<InternalKey> ORDER =
        Comparator.comparing((InternalKey k) -> k.key, Arrays::compareUnsigned)
            .thenComparing(k -> k.sequence, Comparator.reverseOrder());

    final byte[] key;
    final long sequence;

    InternalKey(byte[] key, long sequence) {
      this.key = key;
      this.sequence = sequence;
    }
  }

  static final class KindAndValue {
    final byte kind;
    final byte[] value;

    KindAndValue(byte kind, byte[] value) {
      this.kind = kind;
      this.value = value;
    }
  }

  final Memtable memtable;
  final TreeMap<InternalKey, KindAndValue> model = new TreeMap<>(InternalKey.ORDER);
  long sequence;
  private long chargedBytes;

  /// Whether the memtable orders what it gets later, all at once.
  private boolean loading;

  MemtableModel(SegmentPool pool, long capacityBytes) {
    memtable = new Memtable(pool, capacityBytes, 0);
  }

  void beginLoading() {
    loading = true;
  }

  void endLoading() {
    memtable.order();
    loading = false;
  }

  void put(byte[] key, byte kind, byte[] value) {
    long bytes = Memtable.entryBytesMax(key.length, value.length);
    chargedBytes += bytes;
    byte[] source = new byte[3 + key.length + 2 + value.length];
    System.arraycopy(key, 0, source, 3, key.length);
    System.arraycopy(value, 0, source, 5 + key.length, value.length);
    memtable.reserve(bytes);
    if (loading) {
      memtable.load(++sequence, kind, source, 3, key.length, 5 + key.length, value.length);
    } else {
      memtable.put(++sequence, kind, source, 3, key.length, 5 + key.length, value.length);
    }
    model.put(new InternalKey(key, sequence), new KindAndValue(kind, value));
  }

  void putRandom(Random random, byte[] key, int valueLengthMax) {
    byte[] value = new byte[random.nextInt(valueLengthMax + 1)];
    random.nextBytes(value);
    byte kind = random.nextInt(4) == 0 ? Kind.DELETE : Kind.PUT;
    put(key, kind, kind == Kind.DELETE ? new byte[0] : value);
  }

  Map.@Nullable Entry<InternalKey, KindAndValue> expected(byte[] key, long sequence) {
    var entry = model.ceilingEntry(new InternalKey(key, sequence));
    return entry != null && Arrays.equals(entry.getKey().key, key) ? entry : null;
  }

  void checkFind(byte[] key, long sequence) {
    var expected = expected(key, sequence);
    Found found = new Found();
    // The filter keeps most absent keys from the tree.
    assertThat(Lookup.find(memtable.segment(), key, sequence) != 0).isEqualTo(expected != null);
    assertThat(memtable.find(key, Hash.of(key), sequence, found)).isEqualTo(expected != null);
    if (expected != null) {
      assertThat(found.sequence()).isEqualTo(expected.getKey().sequence);
      assertThat(found.kind()).isEqualTo(expected.getValue().kind);
      byte[] value = bytes(found.segment(), found.valueOffset(), found.valueLength());
      assertThat(value).isEqualTo(expected.getValue().value);
    }
  }

  void checkCursor(EntryCursor cursor, Map.Entry<InternalKey, KindAndValue> expected) {
    assertThat(cursor.sequence()).isEqualTo(expected.getKey().sequence);
    assertThat(cursor.kind()).isEqualTo(expected.getValue().kind);
    assertThat(bytes(cursor.segment(), cursor.keyOffset(), cursor.keyLength()))
        .isEqualTo(expected.getKey().key);
    assertThat(bytes(cursor.segment(), cursor.valueOffset(), cursor.valueLength()))
        .isEqualTo(expected.getValue().value);
  }

  void checkForwards() {
    EntryCursor cursor = memtable.cursor();
    boolean there = cursor.first();
    for (var expected : model.entrySet()) {
      assertThat(there).isTrue();
      checkCursor(cursor, expected);
      there = cursor.next();
    }
    assertThat(there).isFalse();
  }

  void checkBackwards() {
    EntryCursor cursor = memtable.cursor();
    boolean there = cursor.last();
    for (var expected : model.descendingMap().entrySet()) {
      assertThat(there).isTrue();
      checkCursor(cursor, expected);
      there = cursor.previous();
    }
    assertThat(there).isFalse();
  }

  void checkMemory() {
    assertThat(memtable.entryCount()).isEqualTo(model.size());
    assertThat(memtable.usedBytes()).isLessThanOrEqualTo(memtable.reservedBytes());
    assertThat(memtable.usedBytes()).isLessThanOrEqualTo(chargedBytes + Tree.NODE_BYTES_AT_LEAST);
  }

  static byte[] bytes(MemorySegment segment, long offset, int length) {
    return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }
}
