package org.tuffdb.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.tuffdb.bytes.Keys;
import org.tuffdb.bytes.LittleEndian;

/// Gathers entries and lays them out as a [Block].
final class BlockBuilder {
  private long[] sequences = new long[64];
  private int[] keyLengths = new int[64];
  private int[] entryLengths = new int[64];
  private byte[] kinds = new byte[64];
  private byte[] data;

  private int count;
  private int dataBytes;
  private long oldest;
  private long newest;
  private int shortestKey;
  private int longestKey;
  private boolean oneKind;

  /// Whether all keys have the same length, and all values.
  private boolean even;

  /// Whether each sequence is one more than that of the entry before.
  private boolean rising;

  BlockBuilder(int blockBytes) {
    data = new byte[blockBytes];
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  void clear() {
    count = 0;
    dataBytes = 0;
  }

  /// How large the block would be with another entry.
  long sizeWith(int keyLength, int valueLength, long sequence, byte kind) {
    int entryLength = keyLength + valueLength;
    if (count == 0) {
      return size(1, entryLength, Long.BYTES, true);
    }
    boolean goesOn = rising && sequence == newest + 1;
    long span = goesOn ? 0 : Math.max(newest, sequence) - Math.min(oldest, sequence);
    boolean oneLength = shortestKey == longestKey && longestKey == keyLength;
    int lengthWidth = oneLength ? 0 : lengthWidth(Math.max(longestKey, keyLength));
    int kindWidth = oneKind && kinds[0] == kind ? 0 : 1;
    return size(
        count + 1,
        (long) dataBytes + entryLength,
        Long.BYTES + sequenceWidth(span) + lengthWidth + kindWidth,
        even && oneLength && entryLength == entryLengths[0]);
  }

  long size() {
    int perEntry = Long.BYTES + sequenceWidth() + lengthWidth() + (oneKind ? 0 : 1);
    return size(count, dataBytes, perEntry, even);
  }

  private static long size(int count, long dataBytes, int perEntry, boolean even) {
    long rest = Block.HEADER_BYTES + (long) count * perEntry + dataBytes;
    return rest + (count + 1L) * offsetWidth(rest, count, dataBytes, even);
  }

  private static int offsetWidth(long rest, int count, long dataBytes, boolean even) {
    if (even && dataBytes >= Block.EVEN_BYTES_MIN) {
      return 0;
    }
    return rest + (count + 1L) * 2 < 1 << 16 ? 2 : 4;
  }

  private int sequenceWidth() {
    return rising ? 0 : sequenceWidth(newest - oldest);
  }

  private static int sequenceWidth(long span) {
    return (Long.SIZE - Long.numberOfLeadingZeros(span) + Byte.SIZE - 1) / Byte.SIZE;
  }

  private int lengthWidth() {
    return shortestKey == longestKey ? 0 : lengthWidth(longestKey);
  }

  private static int lengthWidth(int longest) {
    return longest < 1 << 8 ? 1 : longest < 1 << 16 ? 2 : 4;
  }

  void add(
      byte[] key,
      int keyLength,
      MemorySegment segment,
      long valueOffset,
      int valueLength,
      long sequence,
      byte kind) {
    reserve(keyLength + valueLength);
    System.arraycopy(key, 0, data, dataBytes, keyLength);
    MemorySegment.copy(
        segment, ValueLayout.JAVA_BYTE, valueOffset, data, dataBytes + keyLength, valueLength);
    dataBytes += keyLength + valueLength;
    sequences[count] = sequence;
    keyLengths[count] = keyLength;
    entryLengths[count] = keyLength + valueLength;
    kinds[count] = kind;
    boolean begins = count == 0;
    oldest = begins ? sequence : Math.min(oldest, sequence);
    newest = begins ? sequence : Math.max(newest, sequence);
    shortestKey = begins ? keyLength : Math.min(shortestKey, keyLength);
    longestKey = begins ? keyLength : Math.max(longestKey, keyLength);
    oneKind = begins || (oneKind && kinds[0] == kind);
    even = begins || (even && shortestKey == longestKey && entryLengths[0] == entryLengths[count]);
    rising = begins || (rising && sequences[count - 1] + 1 == sequence);
    count++;
  }

  private void reserve(int bytes) {
    if (data.length - dataBytes < bytes) {
      data = Arrays.copyOf(data, dataBytes + bytes);
    }
    if (count == sequences.length) {
      sequences = Arrays.copyOf(sequences, 2 * count);
      keyLengths = Arrays.copyOf(keyLengths, 2 * count);
      entryLengths = Arrays.copyOf(entryLengths, 2 * count);
      kinds = Arrays.copyOf(kinds, 2 * count);
    }
  }

  /// Writes the block to `into`, which holds [#size()] bytes, and returns where it ends.
  int write(byte[] into) {
    int sequenceWidth = sequenceWidth();
    int lengthWidth = lengthWidth();
    int head = Math.toIntExact(size() - dataBytes);
    int perEntry = Long.BYTES + sequenceWidth + lengthWidth + (oneKind ? 0 : 1);
    int offsetWidth = (head - Block.HEADER_BYTES - count * perEntry) / (count + 1);
    int prefix = commonPrefix();
    LittleEndian.putInt(into, 0, count);
    LittleEndian.putInt(into, 4, prefix);
    LittleEndian.putLong(into, 8, oldest);
    into[16] = (byte) (rising && count > 1 ? Block.RISING : sequenceWidth);
    into[17] = (byte) offsetWidth;
    into[18] = (byte) lengthWidth;
    into[19] = oneKind ? kinds[0] : 0;
    LittleEndian.putInt(into, 20, lengthWidth == 0 ? longestKey : 0);
    LittleEndian.putInt(into, 24, offsetWidth == 0 ? entryLengths[0] : 0);
    int at = writeWords(into, prefix);
    at = writeSequences(into, at, sequenceWidth);
    at = writeOffsets(into, at, offsetWidth, head);
    for (int i = 0; lengthWidth > 0 && i < count; i++, at += lengthWidth) {
      putNumber(into, at, keyLengths[i], lengthWidth);
    }
    if (!oneKind) {
      System.arraycopy(kinds, 0, into, at, count);
    }
    System.arraycopy(data, 0, into, head, dataBytes);
    return head + dataBytes;
  }

  private int commonPrefix() {
    int first = keyLengths[0];
    int last = keyLengths[count - 1];
    int lastAt = dataBytes - entryLengths[count - 1];
    int mismatch = Arrays.mismatch(data, 0, first, data, lastAt, lastAt + last);
    return mismatch < 0 ? first : mismatch;
  }

  private int writeWords(byte[] into, int prefix) {
    int at = Block.WORDS_AT;
    for (int i = 0, key = 0; i < count; key += entryLengths[i++], at += Long.BYTES) {
      LittleEndian.putLong(into, at, Keys.word(data, key, keyLengths[i], prefix));
    }
    return at;
  }

  private int writeSequences(byte[] into, int from, int width) {
    int at = from;
    for (int i = 0; width > 0 && i < count; i++, at += width) {
      putNumber(into, at, sequences[i] - oldest, width);
    }
    return at;
  }

  private int writeOffsets(byte[] into, int from, int width, int head) {
    int at = from;
    for (int i = 0, offset = head; width > 0 && i <= count; i++, at += width) {
      putNumber(into, at, offset, width);
      offset += i < count ? entryLengths[i] : 0;
    }
    return at;
  }

  private static void putNumber(byte[] into, int at, long number, int width) {
    for (int i = 0; i < width; i++) {
      into[at + i] = (byte) (number >>> (i * Byte.SIZE));
    }
  }
}
