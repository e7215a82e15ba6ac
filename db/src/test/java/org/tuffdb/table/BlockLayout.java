package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tuffdb.entry.Kind;

/// Entries, and the bytes of a block of them as the picture in [Block] has it, with widths that the
/// test chooses.
final class BlockLayout {
  static final int RISING = 128;

  static final class Entry {
    final byte[] key;
    final byte[] value;
    final long sequence;
    final byte kind;

    Entry(byte[] key, byte[] value, long sequence, byte kind) {
      this.key = key;
      this.value = value;
      this.sequence = sequence;
      this.kind = kind;
    }

    int sizeBytes() {
      return key.length + value.length;
    }
  }

  final List<Entry> entries = new ArrayList<>();

  BlockLayout put(String key, String value, long sequence) {
    return add(key, value, sequence, Kind.PUT);
  }

  BlockLayout add(String key, String value, long sequence, byte kind) {
    byte[] keyBytes = key.getBytes(ISO_8859_1);
    entries.add(new Entry(keyBytes, value.getBytes(ISO_8859_1), sequence, kind));
    return this;
  }

  int count() {
    return entries.size();
  }

  /// With how many bytes all keys begin alike.
  int prefix() {
    byte[] first = entries.getFirst().key;
    int prefix = first.length;
    for (Entry entry : entries) {
      int mismatch = Arrays.mismatch(first, entry.key);
      prefix = mismatch < 0 ? prefix : Math.min(prefix, mismatch);
    }
    return prefix;
  }

  /// The eight bytes of a key that stand in its word.
  static long word(byte[] key, int from) {
    byte[] rest = Arrays.copyOfRange(key, Math.min(from, key.length), key.length);
    return new BigInteger(1, Arrays.copyOf(rest, Long.BYTES)).longValue();
  }

  private long smallestSequence() {
    return entries.stream().mapToLong(entry -> entry.sequence).min().orElseThrow();
  }

  int sizeBytes(int w, int o, int k, int kind) {
    int perEntry = 8 + (w == RISING ? 0 : w) + k + (kind == 0 ? 1 : 0);
    int data = entries.stream().mapToInt(Entry::sizeBytes).sum();
    return 28 + count() * perEntry + (count() + 1) * o + data;
  }

  /// @param w bytes of each sequence, or [#RISING]
  /// @param o bytes of each offset
  /// @param k bytes of each key's length
  /// @param kind of all entries, or 0
  byte[] bytes(int w, int o, int k, int kind) {
    Entry first = entries.getFirst();
    ByteBuffer block = ByteBuffer.allocate(sizeBytes(w, o, k, kind));
    block.order(ByteOrder.LITTLE_ENDIAN).putInt(count()).putInt(prefix());
    block.putLong(smallestSequence());
    block.put((byte) w).put((byte) o).put((byte) k).put((byte) kind);
    block.putInt(k == 0 ? first.key.length : 0).putInt(o == 0 ? first.sizeBytes() : 0);
    putColumns(block, w == RISING ? 0 : w, o, k, kind);
    entries.forEach(entry -> block.put(entry.key).put(entry.value));
    return block.array();
  }

  private void putColumns(ByteBuffer block, int w, int o, int k, int kind) {
    entries.forEach(entry -> block.putLong(word(entry.key, prefix())));
    entries.forEach(entry -> putNumber(block, entry.sequence - smallestSequence(), w));
    int offset = sizeBytes(w, o, k, kind) - entries.stream().mapToInt(Entry::sizeBytes).sum();
    putNumber(block, offset, o);
    for (Entry entry : entries) {
      offset += entry.sizeBytes();
      putNumber(block, offset, o);
    }
    entries.forEach(entry -> putNumber(block, entry.key.length, k));
    entries.forEach(entry -> putNumber(block, entry.kind, kind == 0 ? 1 : 0));
  }

  private static void putNumber(ByteBuffer block, long number, int width) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
    block.put(bytes, 0, width);
  }

  /// What the engine writes.
  static byte[] written(BlockBuilder builder) {
    byte[] block = new byte[Math.toIntExact(builder.size())];
    int end = builder.write(block);
    return Arrays.copyOf(block, end);
  }

  void addTo(BlockBuilder builder) {
    entries.forEach(entry -> addTo(builder, entry));
  }

  static void addTo(BlockBuilder builder, Entry entry) {
    MemorySegment value = MemorySegment.ofArray(entry.value);
    builder.add(
        entry.key, entry.key.length, value, 0, entry.value.length, entry.sequence, entry.kind);
  }
}
