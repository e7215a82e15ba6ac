package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.Kind;

/// The entries of a block, as they lie in memory: what the file holds, or what came out of
/// decompressing that.
///
/// ```
/// offset  size
///      0     4  n: how many entries there are
///      4     4  p: with how many bytes all keys begin alike
///      8     8  the smallest sequence
///     16     1  w: bytes of each sequence beyond the smallest one, 0 to 8; 128 if each is one more
///               than that of the entry before
///     17     1  o: bytes of each offset, 2 or 4; 0 if all entries have the same size
///     18     1  k: bytes of each key's length, 0, 1, 2 or 4
///     19     1  kind of all entries; 0 if each has its own
///     20     4  length of every key if k is 0
///     24     4  size of every entry, its key and its value, if o is 0
///     28    8n  words of the keys from byte p on, as numbers: see Keys
///          w·n  sequences, less the smallest one; nothing if w is 128
///      o·(n+1)  where each key begins, from the beginning of the block; where the last value ends;
///               nothing if o is 0
///          k·n  lengths of the keys
///            n  kinds, if each entry has its own
///               key and value of each entry
/// ```
///
/// A search touches the words alone, until one equals the one that is wanted. Entries are found by
/// their index, so that a step back costs no more than a step forward. Where all have the same size
/// that takes no look at an offset, which would be a cache miss on the way to the entry. A key lies
/// whole, and the header before it makes sure that a word may be read that begins before a short
/// key.
///
/// Whoever reads here has had [#fault] look at the block first.
final class Block {
  static final int HEADER_BYTES = 28;
  static final int WORDS_AT = HEADER_BYTES;

  /// In place of w: sequences rise by one from entry to entry.
  static final int RISING = 128;

  /// Entries of the same size have at least so many bytes together: a sequence may be read that
  /// ends before them, eight bytes at a time.
  static final int EVEN_BYTES_MIN = Long.BYTES;

  /// So many words are counted rather than searched.
  private static final int COUNTED_MAX = 64;

  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Block() {}

  static int count(MemorySegment s, long block) {
    return s.get(INT, block);
  }

  static int prefixLength(MemorySegment s, long block) {
    return s.get(INT, block + 4);
  }

  /// The four bytes w, o, k and kind in one number: with it and the count, an entry is found by its
  /// index alone.
  static int shape(MemorySegment s, long block) {
    return s.get(INT, block + 16);
  }

  private static int sequenceWidth(int shape) {
    return shape & (RISING - 1);
  }

  private static boolean isRising(int shape) {
    return (shape & RISING) != 0;
  }

  private static int offsetWidth(int shape) {
    return shape >>> 8 & 0xff;
  }

  private static int lengthWidth(int shape) {
    return shape >>> 16 & 0xff;
  }

  private static byte commonKind(int shape) {
    return (byte) (shape >> 24);
  }

  private static long sequencesAt(long block, int count) {
    return block + WORDS_AT + (long) count * Long.BYTES;
  }

  private static long offsetsAt(long block, int count, int shape) {
    return sequencesAt(block, count) + (long) count * sequenceWidth(shape);
  }

  private static long lengthsAt(long block, int count, int shape) {
    return offsetsAt(block, count, shape) + (count + 1L) * offsetWidth(shape);
  }

  private static long kindsAt(long block, int count, int shape) {
    return lengthsAt(block, count, shape) + (long) count * lengthWidth(shape);
  }

  /// Where the entries begin if all have the same size.
  private static long dataAt(long block, int count, int shape) {
    return kindsAt(block, count, shape) + (commonKind(shape) == 0 ? count : 0);
  }

  static long word(MemorySegment s, long block, int index) {
    return s.get(LONG, block + WORDS_AT + (long) index * Long.BYTES);
  }

  /// Where the key of entry `index` begins; for index n, where the last value ends.
  static long keyOffset(MemorySegment s, long block, int index) {
    int shape = shape(s, block);
    return keyOffset(s, block, count(s, block), shape, index);
  }

  static long keyOffset(MemorySegment s, long block, int count, int shape, int index) {
    int width = offsetWidth(shape);
    if (width == 0) {
      return dataAt(block, count, shape) + (long) index * s.get(INT, block + 24);
    }
    long offsets = offsetsAt(block, count, shape);
    return block
        + (width == 2
            ? Short.toUnsignedInt(s.get(SHORT, offsets + 2L * index))
            : s.get(INT, offsets + 4L * index));
  }

  static int keyLength(MemorySegment s, long block, int index) {
    return keyLength(s, block, count(s, block), shape(s, block), index);
  }

  static int keyLength(MemorySegment s, long block, int count, int shape, int index) {
    int width = lengthWidth(shape);
    if (width == 0) {
      return s.get(INT, block + 20);
    }
    long at = lengthsAt(block, count, shape) + (long) index * width;
    return switch (width) {
      case 1 -> Byte.toUnsignedInt(s.get(ValueLayout.JAVA_BYTE, at));
      case 2 -> Short.toUnsignedInt(s.get(SHORT, at));
      default -> s.get(INT, at);
    };
  }

  static long sequence(MemorySegment s, long block, int index) {
    return sequence(s, block, count(s, block), shape(s, block), index);
  }

  static long sequence(MemorySegment s, long block, int count, int shape, int index) {
    long base = s.get(LONG, block + 8);
    int width = sequenceWidth(shape);
    if (width == 0) {
      return isRising(shape) ? base + index : base;
    }
    // Reads beyond the number: at least seven bytes of offsets and entries follow the last one.
    long at = sequencesAt(block, count) + (long) index * width;
    return base + (s.get(LONG, at) & -1L >>> (Long.SIZE - width * Byte.SIZE));
  }

  static byte kind(MemorySegment s, long block, int index) {
    return kind(s, block, count(s, block), shape(s, block), index);
  }

  static byte kind(MemorySegment s, long block, int count, int shape, int index) {
    byte common = commonKind(shape);
    return common != 0
        ? common
        : s.get(ValueLayout.JAVA_BYTE, kindsAt(block, count, shape) + index);
  }

  /// The first entry that is not before (key, sequence); n if all are.
  static int lowerBound(MemorySegment s, long block, byte[] key, long sequence) {
    return lowerBound(s, block, count(s, block), shape(s, block), key, sequence);
  }

  static int lowerBound(
      MemorySegment s, long block, int count, int shape, byte[] key, long sequence) {
    int prefix = prefixLength(s, block);
    if (prefix > 0) {
      int order = comparePrefix(s, block, count, shape, prefix, key);
      if (order != 0) {
        return order < 0 ? 0 : count;
      }
    }
    int found = find(s, block, count, shape, key, sequence);
    return found < 0 ? ~found : found;
  }

  /// Where the newest entry of `key` is that is not newer than `sequence`. If there is none, the
  /// complement (`~`) of where it would be; of any index, if the key begins otherwise than all keys
  /// of the block: it is compared as a whole where its word is found, and to compare prefixes
  /// before would cost a cache miss.
  static int find(MemorySegment s, long block, int count, int shape, byte[] key, long sequence) {
    long word = Keys.word(key, 0, key.length, prefixLength(s, block));
    int at = lowerBoundOfWords(s, block, count, word);
    if (at == count || word(s, block, at) != word) {
      return ~at;
    }
    int order = compareKey(s, block, count, shape, at, key);
    if (order == 0 && sequence(s, block, count, shape, at) <= sequence) {
      return at;
    }
    return order < 0 ? ~at : findBehind(s, block, at, count, word, key, sequence);
  }

  /// How `key` stands to all keys that begin with the block's prefix: before them, among them (0)
  /// or behind them.
  private static int comparePrefix(
      MemorySegment s, long block, int count, int shape, int prefix, byte[] key) {
    int length = Math.min(prefix, key.length);
    long first = keyOffset(s, block, count, shape, 0);
    int order = Keys.compare(key, 0, length, s, first, length);
    return order != 0 || key.length >= prefix ? order : -1;
  }

  /// The number of words below `word`. In a block of the usual size they are all counted: their
  /// cache lines are loaded at once, where each step of a binary search waits for the one before.
  private static int lowerBoundOfWords(MemorySegment s, long block, int count, long word) {
    int low = 0;
    int high = count;
    while (high - low > COUNTED_MAX) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(word(s, block, middle), word) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    long below = 0;
    for (int i = low; i < high; i++) {
      long each = word(s, block, i);
      // The borrow of each - word.
      below += ((~each & word) | (~(each ^ word) & (each - word))) >>> 63;
    }
    return low + (int) below;
  }

  /// The same, as the entry is known to be behind `from`, which has the word of `key`.
  private static int findBehind(
      MemorySegment s, long block, int from, int count, long word, byte[] key, long sequence) {
    int low = from + 1;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (word(s, block, middle) == word && isBefore(s, block, middle, key, sequence)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < count && compareKey(s, block, low, key) == 0 ? low : ~low;
  }

  private static boolean isBefore(
      MemorySegment s, long block, int index, byte[] key, long sequence) {
    int order = compareKey(s, block, index, key);
    return order > 0 || (order == 0 && sequence(s, block, index) > sequence);
  }

  /// Compares `key` with that of an entry.
  static int compareKey(MemorySegment s, long block, int index, byte[] key) {
    return compareKey(s, block, count(s, block), shape(s, block), index, key);
  }

  private static int compareKey(
      MemorySegment s, long block, int count, int shape, int index, byte[] key) {
    long at = keyOffset(s, block, count, shape, index);
    int length = keyLength(s, block, count, shape, index);
    return Keys.compare(key, 0, key.length, s, at, length);
  }

  /// What is wrong with the block in `length` bytes: null if every entry can be read without a
  /// further check. Words and order are not looked at.
  static @Nullable String fault(MemorySegment s, long block, long length) {
    if (length < HEADER_BYTES) {
      return "the block is shorter than its header";
    }
    int count = count(s, block);
    int shape = shape(s, block);
    int offsetWidth = offsetWidth(shape);
    int lengthWidth = lengthWidth(shape);
    if (count < 1
        || count > length / Long.BYTES
        || sequenceWidth(shape) > (isRising(shape) ? 0 : Long.BYTES)
        || ((shape & 0xff) != 0 && count == 1)
        || (offsetWidth != 0 && offsetWidth != 2 && offsetWidth != 4)
        || (lengthWidth > 2 && lengthWidth != 4)
        || (commonKind(shape) != 0 && !isKind(commonKind(shape)))) {
      return "the block's header is impossible";
    }
    long data = dataAt(block, count, shape);
    if (data > block + length - count
        || (offsetWidth == 0 && (lengthWidth != 0 || block + length - data < EVEN_BYTES_MIN))
        || keyOffset(s, block, count, shape, 0) != data
        || keyOffset(s, block, count, shape, count) != block + length) {
      return "the block's columns do not fit into it";
    }
    boolean alike = offsetWidth == 0 && commonKind(shape) != 0;
    return faultOfEntries(s, block, count, shape, alike ? 1 : count);
  }

  /// What is wrong with the first `checked` entries.
  private static @Nullable String faultOfEntries(
      MemorySegment s, long block, int count, int shape, int checked) {
    int prefix = prefixLength(s, block);
    long at = keyOffset(s, block, count, shape, 0);
    for (int i = 0; i < checked; i++) {
      long next = keyOffset(s, block, count, shape, i + 1);
      int keyLength = keyLength(s, block, i);
      if (keyLength < 1
          || keyLength > BatchFormat.KEY_BYTES_MAX
          || prefix < 0
          || keyLength < prefix
          || next - at < keyLength
          || next - at - keyLength > BatchFormat.VALUE_BYTES_MAX
          || (commonKind(shape) == 0 && !isKind(kind(s, block, i)))) {
        return "entry " + i + " of the block is impossible";
      }
      at = next;
    }
    return null;
  }

  static boolean isKind(byte kind) {
    return kind == Kind.PUT || kind == Kind.DELETE;
  }
}
