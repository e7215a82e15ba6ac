package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.LittleEndian;

/// A Bloom filter in lines of 64 bytes. All bits of a key lie in one line, so that asking costs one
/// cache miss.
///
/// The line of a key is the upper half of hash × lines; its bits are the lowest nine bits of the
/// hash mixed once more, the next nine, and so on: one for each *probe*. Bit b of a line is bit b
/// mod 64 of its word b / 64.
final class Filter {
  static final int LINE_BYTES = 64;
  static final int PROBES_MAX = 7;
  private static final int LINE_BITS = LINE_BYTES * Byte.SIZE;
  private static final int PROBE_BITS = 9;

  private Filter() {}

  /// How many probes serve best: for a Bloom filter, bits per key × ln 2.
  static int probes(int bitsPerKey) {
    return Math.clamp(Math.round(bitsPerKey * 0.69), 1, PROBES_MAX);
  }

  static boolean mayContain(MemorySegment s, long filter, long lines, int probes, long hash) {
    long line = filter + Math.unsignedMultiplyHigh(hash, lines) * LINE_BYTES;
    long bits = Hash.mix(hash);
    for (int i = 0; i < probes; i++, bits >>>= PROBE_BITS) {
      long word = s.get(Block.LONG, line + ((bits >>> 3) & 0x38));
      if ((word >>> bits & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /// The hashes of keys, from which a filter is made when all are known.
  static final class Builder {
    private final int bitsPerKey;
    private final WriteMemory memory;
    private long[] hashes;
    private int count;

    Builder(int bitsPerKey, WriteMemory memory) {
      this.memory = memory;
      this.hashes = memory.hashes;
      this.bitsPerKey = bitsPerKey;
    }

    void add(long hash) {
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * count);
        memory.hashes = hashes;
      }
      hashes[count++] = hash;
    }

    long sizeBytes() {
      return Math.ceilDiv((long) count * bitsPerKey, LINE_BITS) * LINE_BYTES;
    }

    byte[] build() {
      byte[] filter = new byte[Math.toIntExact(sizeBytes())];
      long lines = filter.length / LINE_BYTES;
      int probes = probes(bitsPerKey);
      for (int i = 0; lines > 0 && i < count; i++) {
        int line = (int) Math.unsignedMultiplyHigh(hashes[i], lines) * LINE_BYTES;
        long bits = Hash.mix(hashes[i]);
        for (int probe = 0; probe < probes; probe++, bits >>>= PROBE_BITS) {
          int at = line + (int) (bits >>> 3 & 0x38);
          LittleEndian.putLong(filter, at, LittleEndian.getLong(filter, at) | 1L << bits);
        }
      }
      return filter;
    }
  }
}
