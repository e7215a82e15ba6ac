package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.tuffdb.bytes.Keys;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.error.CorruptionException;

/// Where the blocks of a table lie, and where among them a key belongs.
///
/// The *fence* of a block is the shortest key that lies behind all keys of the block before it and
/// not behind its own. Where the entries of one key go on from one block into the next, the fence
/// is the key that comes next after it, so that a search begins with the newest entry. The first
/// block has no fence.
///
/// ```
/// offset   size
///      0      4  n: how many blocks there are
///      4      4  p: with how many bytes all fences begin alike
///      8      4  f: bytes of whole fences
///     12      4  zero
///     16     8n  words of the fences from byte p on, as numbers; 0 for the first block
///        8(n+1)  where each block begins, times 2, plus 1 if it is compressed; where the last ends
///        4(n+1)  where each whole fence begins, and where the last ends, if f is not 0
///             p  how all fences begin
///             f  whole fences
/// ```
///
/// A fence is there as a whole only if its word does not say it all: if it is longer than the
/// prefix and the word, or ends with a zero. For any other one, a key's word that is not below that
/// of the fence means that the key is not below the fence.
final class Fences {
  private static final int HEADER_BYTES = 16;
  private static final int GUESS_SAMPLES = 64;
  private static final int GUESS_STEP = 8;

  private final MemorySegment s;
  private final int blocks;
  private final byte[] prefix;
  private final long wordsAt;
  private final long placesAt;

  /// Where the offsets of whole fences begin; 0 if there are none.
  private final long wholeOffsetsAt;

  private final long wholeAt;

  /// How many blocks there are to a unit of words, if they are spread evenly.
  private final double perWord;

  private final long firstWord;
  private final boolean evenly;

  private Fences(MemorySegment s, long at, int blocks, int prefixLength, int wholeBytes) {
    this.s = s;
    this.blocks = blocks;
    this.wordsAt = at + HEADER_BYTES;
    this.placesAt = wordsAt + 8L * blocks;
    long behindPlaces = placesAt + 8L * (blocks + 1L);
    this.wholeOffsetsAt = wholeBytes == 0 ? 0 : behindPlaces;
    long prefixAt = behindPlaces + (wholeBytes == 0 ? 0 : 4L * (blocks + 1L));
    this.wholeAt = prefixAt + prefixLength;
    this.firstWord = blocks > 1 ? word(1) : 0;
    double span = blocks > 1 ? ((word(blocks - 1) >>> 1) - (firstWord >>> 1)) * 2.0 : 0;
    this.perWord = span > 0 ? (blocks - 2) / span : 0;
    this.evenly = perWord > 0 && guessesAreNear();
    this.prefix = s.asSlice(prefixAt, prefixLength).toArray(ValueLayout.JAVA_BYTE);
  }

  /// Looks at the fences in `length` bytes from `at` on, which stand at `fileOffset` in `file`, and
  /// checks that they are such of `blocks` blocks that lie between `blocksAt` and `blocksEnd`.
  static Fences open(
      MemorySegment s,
      long at,
      long length,
      int blocks,
      long blocksAt,
      long blocksEnd,
      Path file,
      long fileOffset) {
    int prefixLength = length < HEADER_BYTES ? -1 : s.get(Block.INT, at + 4);
    int wholeBytes = length < HEADER_BYTES ? -1 : s.get(Block.INT, at + 8);
    if (prefixLength < 0
        || wholeBytes < 0
        || s.get(Block.INT, at) != blocks
        || sizeBytes(blocks, prefixLength, wholeBytes) != length) {
      throw new CorruptionException(file, fileOffset, "the fences have another size than they say");
    }
    Fences fences = new Fences(s, at, blocks, prefixLength, wholeBytes);
    if (!fences.areSound(blocksAt, blocksEnd, wholeBytes)) {
      throw new CorruptionException(file, fileOffset, "the fences are not in order");
    }
    return fences;
  }

  static long sizeBytes(int blocks, long prefixLength, long wholeBytes) {
    long whole = wholeBytes == 0 ? 0 : 4 * (blocks + 1L) + wholeBytes;
    return HEADER_BYTES + 8L * blocks + 8 * (blocks + 1L) + whole + prefixLength;
  }

  private boolean areSound(long blocksAt, long blocksEnd, int wholeBytes) {
    boolean sound = offset(0) == blocksAt && end(blocks - 1) == blocksEnd && word(0) == 0;
    for (int i = 0; i < blocks; i++) {
      sound &= end(i) - offset(i) >= TableFormat.BLOCK_BYTES_MIN;
      sound &= end(i) - offset(i) <= TableFormat.BLOCK_BYTES_MAX;
      sound &= i == 0 || Long.compareUnsigned(word(i - 1), word(i)) <= 0;
      sound &= wholeOffsetsAt == 0 || wholeOffset(i) <= wholeOffset(i + 1);
    }
    return sound
        && (wholeOffsetsAt == 0 || (wholeOffset(0) == 0 && wholeOffset(blocks) == wholeBytes));
  }

  int blocks() {
    return blocks;
  }

  private long word(int block) {
    return s.get(Block.LONG, wordsAt + 8L * block);
  }

  private long place(int block) {
    return s.get(Block.LONG, placesAt + 8L * block);
  }

  /// Where in the file a block begins.
  long offset(int block) {
    return place(block) >>> 1;
  }

  /// Where in the file a block ends, its checksum included.
  long end(int block) {
    return offset(block + 1);
  }

  /// How many bytes of the file a block takes.
  int length(int block) {
    return (int) (end(block) - offset(block));
  }

  boolean isCompressed(int block) {
    return (place(block) & 1) != 0;
  }

  private int wholeOffset(int block) {
    return s.get(Block.INT, wholeOffsetsAt + 4L * block);
  }

  /// The block in which the newest entry of `key` would be, or the one before the place where it
  /// would be.
  int find(byte[] key) {
    int prefixOrder = prefix.length == 0 ? 0 : comparePrefix(key);
    if (prefixOrder != 0) {
      return prefixOrder < 0 ? 0 : blocks - 1;
    }
    long word = Keys.word(key, 0, key.length, prefix.length);
    int found = lastNotAbove(word);
    return wholeOffsetsAt == 0 || word(found) != word ? found : lastNotAbove(key, word, found);
  }

  private int comparePrefix(byte[] key) {
    int mismatch = Arrays.mismatch(key, prefix);
    if (mismatch < 0 || mismatch == prefix.length) {
      return 0;
    }
    return mismatch == key.length ? -1 : Byte.compareUnsigned(key[mismatch], prefix[mismatch]);
  }

  private int lastNotAbove(long word) {
    return evenly ? lastNotAboveByGuess(word) : lastNotAbove(word, 0, blocks);
  }

  /// The last word from `from` on and before `to` that is not above `word`, if that is not before
  /// `from`.
  private int lastNotAbove(long word, int from, int to) {
    int low = from;
    int high = to;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      boolean above = Long.compareUnsigned(word(middle), word) > 0;
      high = above ? middle : high;
      low = above ? low : middle;
    }
    return low;
  }

  /// Guesses from the place of `word` between the first and the last one, once more from how far
  /// that was off, and searches from there in steps that double.
  private int lastNotAboveByGuess(long word) {
    int first = guess(word);
    long off = word - word(first);
    int at = Math.clamp(first + (long) ((off >> 1) * perWord * 2), 0, blocks - 1);
    int step = GUESS_STEP;
    if (Long.compareUnsigned(word(at), word) <= 0) {
      int low = at;
      while (low + step < blocks && Long.compareUnsigned(word(low + step), word) <= 0) {
        low += step;
        step *= 2;
      }
      return lastNotAbove(word, low, Math.min(blocks, low + step));
    }
    int high = at;
    while (high - step > 0 && Long.compareUnsigned(word(high - step), word) > 0) {
      high -= step;
      step *= 2;
    }
    return lastNotAbove(word, Math.max(0, high - step), high);
  }

  private int guess(long word) {
    double beyondFirst = ((word >>> 1) - (firstWord >>> 1)) * perWord * 2;
    return Math.clamp((long) beyondFirst + 1, 0, blocks - 1);
  }

  /// Whether guesses are near enough to save steps.
  private boolean guessesAreNear() {
    int off = 0;
    for (int i = 1; i <= GUESS_SAMPLES; i++) {
      int block = (int) ((long) i * (blocks - 1) / GUESS_SAMPLES);
      off += Math.abs(guess(word(block)) - block);
    }
    return off / GUESS_SAMPLES < blocks / 32;
  }

  /// The last fence that is not above `key`, which has the same word as fence `from`.
  private int lastNotAbove(byte[] key, long word, int from) {
    int low = 0;
    int high = from + 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (word(middle) == word && isAbove(middle, key)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  private boolean isAbove(int block, byte[] key) {
    int at = wholeOffset(block);
    int length = wholeOffset(block + 1) - at;
    return length > 0 && Keys.compare(key, 0, key.length, s, wholeAt + at, length) < 0;
  }

  /// The fences of a table, gathered while its blocks are written.
  static final class Builder {
    private long[] places = new long[256];
    private int[] ends = new int[256];
    private byte[] keys = new byte[4096];
    private int blocks;

    /// What the fences have beyond the eight bytes of their words.
    private long restBytes;

    /// Adds a block between whose keys and those of the block before it `fence` lies.
    void add(byte[] fence, int fenceLength, long offset, boolean compressed) {
      if (blocks + 1 == places.length) {
        places = Arrays.copyOf(places, 2 * places.length);
        ends = Arrays.copyOf(ends, 2 * ends.length);
      }
      int at = blocks == 0 ? 0 : ends[blocks - 1];
      int end = Math.addExact(at, fenceLength);
      if (end > keys.length) {
        keys = Arrays.copyOf(keys, (int) Math.min(Integer.MAX_VALUE - 8, 2L * end));
      }
      System.arraycopy(fence, 0, keys, at, fenceLength);
      places[blocks] = offset << 1 | (compressed ? 1 : 0);
      ends[blocks++] = end;
      restBytes += Math.max(0, fenceLength - Long.BYTES);
    }

    int blocks() {
      return blocks;
    }

    /// About how large the fences will be; larger than that if all share a long prefix, but so much
    /// is held here until then.
    long sizeBytes() {
      return Fences.sizeBytes(blocks, 0, 0) + restBytes;
    }

    private int begin(int block) {
      return block == 0 ? 0 : ends[block - 1];
    }

    private int length(int block) {
      return ends[block] - begin(block);
    }

    /// The fences of blocks of which the last one ends at `blocksEnd`.
    byte[] build(long blocksEnd) {
      int prefix = commonPrefix();
      int wholeBytes = 0;
      for (int i = 1; i < blocks; i++) {
        wholeBytes += wholeLength(i, prefix);
      }
      byte[] fences = new byte[Math.toIntExact(Fences.sizeBytes(blocks, prefix, wholeBytes))];
      LittleEndian.putInt(fences, 0, blocks);
      LittleEndian.putInt(fences, 4, prefix);
      LittleEndian.putInt(fences, 8, wholeBytes);
      int placesAt = HEADER_BYTES + 8 * blocks;
      for (int i = 0; i < blocks; i++) {
        long word = i == 0 ? 0 : Keys.word(keys, begin(i), length(i), prefix);
        LittleEndian.putLong(fences, HEADER_BYTES + 8 * i, word);
        LittleEndian.putLong(fences, placesAt + 8 * i, places[i]);
      }
      LittleEndian.putLong(fences, placesAt + 8 * blocks, blocksEnd << 1);
      int at = placesAt + 8 * (blocks + 1);
      if (wholeBytes > 0) {
        at = writeWhole(fences, at, prefix);
      }
      System.arraycopy(keys, blocks > 1 ? begin(1) : 0, fences, at, prefix);
      return fences;
    }

    /// Writes the offsets and the whole fences, and returns where the prefix goes between the two.
    private int writeWhole(byte[] fences, int offsetsAt, int prefix) {
      int prefixAt = offsetsAt + 4 * (blocks + 1);
      int whole = 0;
      for (int i = 0; i < blocks; i++) {
        LittleEndian.putInt(fences, offsetsAt + 4 * i, whole);
        int length = i == 0 ? 0 : wholeLength(i, prefix);
        System.arraycopy(keys, begin(i), fences, prefixAt + prefix + whole, length);
        whole += length;
      }
      LittleEndian.putInt(fences, offsetsAt + 4 * blocks, whole);
      return prefixAt;
    }

    private int commonPrefix() {
      if (blocks < 2) {
        return 0;
      }
      int mismatch =
          Arrays.mismatch(keys, begin(1), ends[1], keys, begin(blocks - 1), ends[blocks - 1]);
      return mismatch < 0 ? length(1) : mismatch;
    }

    private int wholeLength(int block, int prefix) {
      int length = length(block);
      boolean exact =
          length == prefix || (length <= prefix + Long.BYTES && keys[ends[block] - 1] != 0);
      return exact ? 0 : length;
    }
  }
}
