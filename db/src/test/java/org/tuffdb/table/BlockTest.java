package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.entry.Kind;

/// Blocks of all widths are read and searched as their picture has it.
class BlockTest {
  /// Other bytes stand before a block.
  private static final int AT = 9;

  private static MemorySegment segment(byte[] block) {
    byte[] placed = new byte[AT + block.length];
    Arrays.fill(placed, (byte) 0xff);
    System.arraycopy(block, 0, placed, AT, block.length);
    return MemorySegment.ofArray(placed);
  }

  private static byte[] key(String key) {
    return key.getBytes(ISO_8859_1);
  }

  /// Entries that all widths fit: of one size, with sequences that rise, of one kind.
  private static BlockLayout even() {
    return new BlockLayout().put("key 1", "abc", 5).put("key 2", "def", 6).put("key 3", "ghi", 7);
  }

  private static BlockLayout uneven() {
    BlockLayout layout = new BlockLayout().put("a", "", 300).add("a\0", "", 7, Kind.DELETE);
    layout.put("b", "v".repeat(200), 262).put("c".repeat(255), "v", 8);
    return layout.add("d\0\u00ff", "", 9, Kind.DELETE).put("e", "1", 0);
  }

  private static BlockLayout large() {
    BlockLayout layout = new BlockLayout();
    layout.put("a", "1", 1).put("b".repeat(300), "2".repeat(70_000), 2);
    return layout.put("c".repeat(65_536), "3".repeat(70_000), 3).put("d", "4".repeat(9), 4);
  }

  private static void requireRead(BlockLayout layout, int w, int o, int k, int kind) {
    byte[] bytes = layout.bytes(w, o, k, kind);
    MemorySegment s = segment(bytes);
    assertThat(Block.fault(s, AT, bytes.length)).isNull();
    assertThat(Block.count(s, AT)).isEqualTo(layout.count());
    assertThat(Block.prefixLength(s, AT)).isEqualTo(layout.prefix());
    for (int i = 0; i < layout.count(); i++) {
      requireEntry(s, i, layout.entries.get(i), layout.prefix());
    }
    assertThat(Block.keyOffset(s, AT, layout.count())).isEqualTo(AT + bytes.length);
  }

  private static void requireEntry(MemorySegment s, int i, BlockLayout.Entry entry, int prefix) {
    long at = Block.keyOffset(s, AT, i);
    assertThat(Block.keyLength(s, AT, i)).isEqualTo(entry.key.length);
    assertThat(Block.keyOffset(s, AT, i + 1)).isEqualTo(at + entry.sizeBytes());
    assertThat(Block.word(s, AT, i)).isEqualTo(BlockLayout.word(entry.key, prefix));
    assertThat(Block.sequence(s, AT, i)).isEqualTo(entry.sequence);
    assertThat(Block.kind(s, AT, i)).isEqualTo(entry.kind);
    assertThat(Block.compareKey(s, AT, i, entry.key)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, BlockLayout.RISING})
  void entriesOfOneSizeAreReadInAllWidths(int w) {
    requireRead(even(), w, 0, 0, Kind.PUT);
    requireRead(even(), w, 0, 0, 0);
    for (int k : new int[] {0, 1, 2, 4}) {
      for (int kind : new int[] {0, Kind.PUT}) {
        requireRead(even(), w, 2, k, kind);
        requireRead(even(), w, 4, k, kind);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 1", "3, 2, 2", "4, 4, 1", "5, 4, 4", "6, 2, 4", "7, 4, 2", "8, 2, 1"})
  void entriesOfAllSizesAreReadInAllWidths(int w, int o, int k) {
    requireRead(uneven(), w, o, k, 0);
  }

  @Test
  void offsetsAndLengthsAreReadBeyondTwoBytes() {
    requireRead(large(), BlockLayout.RISING, 4, 4, Kind.PUT);
    requireRead(large(), 1, 4, 4, 0);
  }

  /// Offsets and lengths of which the highest bit is set are no negative numbers.
  @Test
  void numbersOfTwoBytesHaveNoSign() {
    BlockLayout layout = new BlockLayout().put("a", "1".repeat(33_000), 1);
    requireRead(layout.put("b".repeat(32_000), "2", 40_000), 2, 2, 2, Kind.PUT);
  }

  @Test
  void sequencesOfOneNumberTakeNoRoom() {
    BlockLayout layout = new BlockLayout().put("key 1", "abc", 77).put("key 2", "abc", 77);
    requireRead(layout, 0, 0, 0, Kind.PUT);
  }

  @Test
  void oneEntryIsReadWithAndWithoutOffsets() {
    requireRead(new BlockLayout().put("key", "12345", 1L << 50), 0, 0, 0, Kind.PUT);
    requireRead(new BlockLayout().put("key", "12345", 1), 0, 2, 0, Kind.PUT);
    requireRead(new BlockLayout().put("k", "", 1), 0, 2, 0, Kind.PUT);
  }

  /// Searches for every key of the block and its neighbours, with sequences around those there are.
  private static void requireSearched(BlockLayout layout, int w, int o, int k) {
    MemorySegment s = segment(layout.bytes(w, o, k, 0));
    for (BlockLayout.Entry entry : layout.entries) {
      for (byte[] key : neighbours(entry.key)) {
        for (long sequence : new long[] {0, entry.sequence - 1, entry.sequence, 1L << 55}) {
          int first = firstNotBefore(layout, key, sequence);
          assertThat(Block.lowerBound(s, AT, key, sequence)).isEqualTo(first);
          requireFound(layout, s, key, sequence, first);
        }
      }
    }
  }

  private static void requireFound(
      BlockLayout layout, MemorySegment s, byte[] key, long sequence, int first) {
    int found = Block.find(s, AT, layout.count(), Block.shape(s, AT), key, sequence);
    if (first < layout.count() && Arrays.equals(layout.entries.get(first).key, key)) {
      assertThat(found).isEqualTo(first);
    } else if (Arrays.mismatch(key, layout.entries.getFirst().key) >= Block.prefixLength(s, AT)) {
      assertThat(found).isEqualTo(~first);
    } else {
      assertThat(found).isNegative();
    }
  }

  private static List<byte[]> neighbours(byte[] key) {
    byte[] above = key.clone();
    above[key.length - 1]++;
    byte[] below = key.clone();
    below[0]--;
    byte[] shorter = Arrays.copyOf(key, key.length - 1);
    byte[] longer = Arrays.copyOf(key, key.length + 1);
    byte[] shortAndAbove = {(byte) (key[0] + 1)};
    return List.of(key, above, below, shorter, longer, shortAndAbove, new byte[0]);
  }

  private static int firstNotBefore(BlockLayout layout, byte[] key, long sequence) {
    int i = 0;
    while (i < layout.count() && isBefore(layout.entries.get(i), key, sequence)) {
      i++;
    }
    return i;
  }

  private static boolean isBefore(BlockLayout.Entry entry, byte[] key, long sequence) {
    int order = Arrays.compareUnsigned(entry.key, key);
    return order < 0 || (order == 0 && entry.sequence > sequence);
  }

  @Test
  void keysThatDifferInTheirWordsAreFound() {
    requireSearched(even(), 1, 2, 1);
    requireSearched(uneven(), 2, 2, 1);
  }

  @Test
  void theNewestVersionComesFirst() {
    BlockLayout layout = new BlockLayout().put("a", "1", 9).put("b", "1", 8).put("b", "2", 5);
    requireSearched(layout.put("b", "", 4).put("b\0", "", 10).put("c", "", 1), 1, 2, 1);
  }

  /// In each of these blocks, all words are the same or nearly so.
  @Test
  void keysOfWhichTheWordsTieAreFound() {
    BlockLayout layout = new BlockLayout();
    BlockLayout zeros = new BlockLayout();
    for (int i = 0; i < 100; i++) {
      layout.put("word%d%05d".formatted(i / 40, i), "", i % 7);
      layout.put("wordword%d%03d".formatted(i / 40, i), "", i % 7);
      zeros.put("a" + "\0".repeat(i), "", 5);
    }
    layout.entries.sort((a, b) -> Arrays.compareUnsigned(a.key, b.key));
    requireSearched(layout, 1, 2, 1);
    requireSearched(zeros, 1, 2, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 66, 129, 200})
  void manyWordsAreSearched(int count) {
    BlockLayout layout = new BlockLayout();
    for (int i = 0; i < count; i++) {
      layout.put("key " + (char) (i + 30), "", 5);
    }
    requireSearched(layout, 1, 2, 1);
  }

  /// What follows its word would be read as the next one.
  @Test
  void theSearchDoesNotLeaveAShortBlock() {
    MemorySegment s = segment(new BlockLayout().put("k", "", 1).bytes(0, 2, 0, Kind.PUT));
    assertThat(Block.lowerBound(s, AT, key("l"), 1)).isEqualTo(1);
    assertThat(Block.lowerBound(s, AT, key("k"), 0)).isEqualTo(1);
    assertThat(Block.lowerBound(s, AT, key("k"), 1)).isZero();
    assertThat(Block.find(s, AT, 1, Block.shape(s, AT), key("k" + "\u00ff".repeat(8)), 1))
        .isEqualTo(~1);
  }
}
