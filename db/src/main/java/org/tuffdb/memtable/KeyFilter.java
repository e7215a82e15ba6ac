package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Tells of most keys that no entry has them, so that a get need not go down the tree: a Bloom
/// filter in words, of which each key has one, the upper half of hash × words, and in it four bits,
/// by the lowest bits of the hash.
///
/// One writer adds to it beside readers who never wait: a key that was added before the reader
/// learnt of its sequence is found. A full memtable has about ten bits for each entry of 116 bytes,
/// and takes one absent key of sixty for present.
///
/// A register-blocked Bloom filter: Lang, Neumann, Kemper, Boncz, Performance-Optimal Filtering:
/// Bloom Overtakes Cuckoo at High Throughput, PVLDB 12(5), 2019.
final class KeyFilter {
  /// The part of a memtable's memory that its filter takes is one in so many.
  private static final int SHARE = 128;

  /// Its share is a multiple of the processor's cache lines, so that nodes stay aligned to them.
  private static final int LINE_BYTES = 64;

  private static final int PROBE_BITS = 6;
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment words;
  private final long count;

  /// An empty filter.
  private KeyFilter(MemorySegment words) {
    this.words = words.fill((byte) 0);
    this.count = words.byteSize() / Long.BYTES;
  }

  /// How much of so many bytes of memory is the tree's.
  static long treeBytes(long bytes) {
    return bytes - (bytes / SHARE & -LINE_BYTES);
  }

  /// What the tree needs, with the filter's share: a sum of these is memory enough for both.
  static long withShare(long treeBytes) {
    return treeBytes + treeBytes / (SHARE - 1) + 1;
  }

  /// An empty filter at the end of the memory.
  static KeyFilter at(MemorySegment memory) {
    return new KeyFilter(memory.asSlice(treeBytes(memory.byteSize())));
  }

  void add(long hash) {
    long at = at(hash);
    WORD.setOpaque(words, at, (long) WORD.getOpaque(words, at) | bits(hash));
  }

  /// Takes every key for present from now on.
  void addAll() {
    words.fill((byte) -1);
  }

  boolean mayContain(long hash) {
    long bits = bits(hash);
    return ((long) WORD.getOpaque(words, at(hash)) & bits) == bits;
  }

  private long at(long hash) {
    return Math.unsignedMultiplyHigh(hash, count) * Long.BYTES;
  }

  private static long bits(long hash) {
    return 1L << hash
        | 1L << (hash >>> PROBE_BITS)
        | 1L << (hash >>> (2 * PROBE_BITS))
        | 1L << (hash >>> (3 * PROBE_BITS));
  }
}
