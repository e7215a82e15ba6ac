package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.Kind;

/// Blocks that cannot be read are told from those that can, and for what reason.
class BlockFaultTest {
  private static final String SHORT = "the block is shorter than its header";
  private static final String HEADER = "the block's header is impossible";
  private static final String COLUMNS = "the block's columns do not fit into it";

  private static final int PREFIX_AT = 4;
  private static final int SEQUENCE_WIDTH_AT = 16;
  private static final int OFFSET_WIDTH_AT = 17;
  private static final int LENGTH_WIDTH_AT = 18;
  private static final int KIND_AT = 19;
  private static final int KEY_LENGTH_AT = 20;
  private static final int ENTRY_LENGTH_AT = 24;

  private static byte[] even() {
    return pair("abc", "def").bytes(1, 0, 0, Kind.PUT);
  }

  /// Without a column of sequences: offsets begin at 28 + 2 · 8, lengths at 44 + 3 · o, then kinds.
  private static byte[] uneven(int o) {
    return pair("", "longer").bytes(BlockLayout.RISING, o, 4, 0);
  }

  private static BlockLayout pair(String first, String second) {
    return new BlockLayout().put("key 1", first, 5).put("key 2", second, 6);
  }

  private static @Nullable String fault(byte[] block) {
    return Block.fault(MemorySegment.ofArray(block), 0, block.length);
  }

  private static @Nullable String fault(byte[] block, Consumer<byte[]> change) {
    byte[] changed = block.clone();
    change.accept(changed);
    return fault(changed);
  }

  private static @Nullable String faultWith(byte[] block, int at, int number) {
    return fault(block, changed -> changed[at] = (byte) number);
  }

  private static @Nullable String faultWithInt(byte[] block, int at, int number) {
    return fault(block, changed -> LittleEndian.putInt(changed, at, number));
  }

  private static String entry(int index) {
    return "entry " + index + " of the block is impossible";
  }

  @Test
  void aSoundBlockHasNoFault() {
    assertThat(fault(even())).isNull();
    assertThat(fault(uneven(2))).isNull();
    assertThat(fault(uneven(4))).isNull();
  }

  @Test
  void aBlockHasAHeaderAtLeast() {
    assertThat(fault(new byte[0])).isEqualTo(SHORT);
    assertThat(fault(Arrays.copyOf(even(), 27))).isEqualTo(SHORT);
    assertThat(fault(Arrays.copyOf(even(), 28))).isEqualTo(COLUMNS);
  }

  @Test
  void aBlockThatIsCutAnywhereHasAFault() {
    byte[] offsetsAlone = pair("", "longer").bytes(BlockLayout.RISING, 2, 0, Kind.PUT);
    for (byte[] block : new byte[][] {even(), uneven(2), uneven(4), offsetsAlone}) {
      for (int length = 28; length < block.length; length++) {
        assertThat(fault(Arrays.copyOf(block, length))).isIn(HEADER, COLUMNS);
      }
    }
  }

  @Test
  void aBlockThatIsTooLongHasAFault() {
    assertThat(fault(Arrays.copyOf(even(), even().length + 1))).isEqualTo(COLUMNS);
    assertThat(fault(Arrays.copyOf(uneven(2), uneven(2).length + 1))).isEqualTo(COLUMNS);
  }

  @Test
  void thereAreEntriesAndNotMoreThanWords() {
    byte[] block = even();
    assertThat(faultWithInt(block, 0, 0)).isEqualTo(HEADER);
    assertThat(faultWithInt(block, 0, -1)).isEqualTo(HEADER);
    assertThat(faultWithInt(block, 0, Integer.MAX_VALUE)).isEqualTo(HEADER);
    assertThat(faultWithInt(block, 0, block.length / 8 + 1)).isEqualTo(HEADER);
    assertThat(faultWithInt(block, 0, block.length / 8)).isEqualTo(COLUMNS);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 16, 127, 129, 136, 255})
  void sequencesHaveEightBytesOrRise(int w) {
    assertThat(faultWith(even(), SEQUENCE_WIDTH_AT, w)).isEqualTo(HEADER);
  }

  @Test
  void oneEntryHasNoSequenceBeyondTheSmallest() {
    byte[] one = new BlockLayout().put("key", "12345", 9).bytes(0, 0, 0, Kind.PUT);
    assertThat(fault(one)).isNull();
    assertThat(faultWith(one, SEQUENCE_WIDTH_AT, 1)).isEqualTo(HEADER);
    assertThat(faultWith(one, SEQUENCE_WIDTH_AT, BlockLayout.RISING)).isEqualTo(HEADER);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 8, 255})
  void offsetsHaveTwoOrFourBytes(int o) {
    assertThat(faultWith(uneven(2), OFFSET_WIDTH_AT, o)).isEqualTo(HEADER);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 8, 255})
  void lengthsHaveOneTwoOrFourBytes(int k) {
    assertThat(faultWith(uneven(2), LENGTH_WIDTH_AT, k)).isEqualTo(HEADER);
  }

  @ParameterizedTest
  @ValueSource(ints = {Kind.RANGE_DELETE, Kind.MERGE, Kind.PUT_WITH_EXPIRY, 255})
  void entriesPutOrDelete(int kind) {
    assertThat(faultWith(even(), KIND_AT, kind)).isEqualTo(HEADER);
    byte[] block = uneven(2);
    assertThat(faultWith(block, 44 + 3 * 2 + 2 * 4, kind)).isEqualTo(entry(0));
    assertThat(faultWith(block, 44 + 3 * 2 + 2 * 4 + 1, kind)).isEqualTo(entry(1));
  }

  @Test
  void entriesOfOneSizeMayEachHaveAKindThatIsImpossible() {
    byte[] block = pair("abc", "def").bytes(1, 0, 0, 0);
    assertThat(fault(block)).isNull();
    assertThat(faultWith(block, 44 + 2 + 1, 7)).isEqualTo(entry(1));
  }

  @Test
  void entriesOfOneSizeHaveKeysOfOneLength() {
    assertThat(fault(pair("abc", "def").bytes(1, 0, 1, Kind.PUT))).isEqualTo(COLUMNS);
  }

  @Test
  void entriesOfOneSizeFillTheBlockAndHaveEightBytes() {
    assertThat(faultWithInt(even(), ENTRY_LENGTH_AT, 9)).isEqualTo(COLUMNS);
    assertThat(faultWithInt(even(), ENTRY_LENGTH_AT, -1)).isEqualTo(COLUMNS);
    BlockLayout small = new BlockLayout().put("a", "12", 1).put("b", "12", 2);
    assertThat(fault(small.bytes(1, 0, 0, Kind.PUT))).isEqualTo(COLUMNS);
    BlockLayout enough = new BlockLayout().put("a", "123", 1).put("b", "123", 2);
    assertThat(fault(enough.bytes(1, 0, 0, Kind.PUT))).isNull();
  }

  @Test
  void entriesBeginBehindTheColumnsAndEndWithTheBlock() {
    assertThat(faultWithInt(uneven(4), 44, 63)).isEqualTo(COLUMNS);
    assertThat(faultWithInt(uneven(4), 44, 67)).isEqualTo(COLUMNS);
    assertThat(faultWithInt(uneven(4), 52, uneven(4).length - 1)).isEqualTo(COLUMNS);
  }

  @Test
  void entriesAreInTheOrderOfTheirOffsets() {
    assertThat(faultWithInt(uneven(4), 48, 0)).isEqualTo(entry(0));
    assertThat(faultWithInt(uneven(4), 48, uneven(4).length - 4)).isEqualTo(entry(1));
    assertThat(faultWithInt(uneven(4), 48, uneven(4).length + 1)).isEqualTo(entry(1));
  }

  @Test
  void keysLieWithinTheirEntries() {
    assertThat(faultWithInt(even(), KEY_LENGTH_AT, 8)).isNull();
    assertThat(faultWithInt(even(), KEY_LENGTH_AT, 9)).isEqualTo(entry(0));
    assertThat(faultWithInt(even(), KEY_LENGTH_AT, 0)).isEqualTo(entry(0));
    assertThat(faultWithInt(uneven(4), 56, 6)).isEqualTo(entry(0));
    assertThat(faultWithInt(uneven(4), 60, 12)).isEqualTo(entry(1));
    byte[] puts = pair("", "longer").bytes(BlockLayout.RISING, 4, 4, Kind.PUT);
    assertThat(faultWithInt(puts, 60, 12)).isEqualTo(entry(1));
  }

  @Test
  void keysAreNotShorterThanWhatTheyHaveInCommon() {
    assertThat(faultWithInt(even(), PREFIX_AT, 5)).isNull();
    assertThat(faultWithInt(even(), PREFIX_AT, 6)).isEqualTo(entry(0));
    assertThat(faultWithInt(even(), PREFIX_AT, -1)).isEqualTo(entry(0));
    assertThat(faultWithInt(even(), PREFIX_AT, 0)).isNull();
    assertThat(faultWithInt(uneven(4), 60, 3)).isEqualTo(entry(1));
  }

  /// The first of two entries seems to be large; one that may be so large leaves none to the other.
  @Test
  void keysAndValuesHaveTheirLimits() {
    byte[] block = uneven(4);
    int data = LittleEndian.getInt(block, 44);
    int keyMax = BatchFormat.KEY_BYTES_MAX;
    int bytesMax = BatchFormat.VALUE_BYTES_MAX + keyMax;
    assertThat(faultOfFirst(block, data + 2 * keyMax, keyMax)).isEqualTo(entry(1));
    assertThat(faultOfFirst(block, data + 2 * keyMax, keyMax + 1)).isEqualTo(entry(0));
    assertThat(faultOfFirst(block, data + bytesMax, keyMax)).isEqualTo(entry(1));
    assertThat(faultOfFirst(block, data + bytesMax + 1, keyMax)).isEqualTo(entry(0));
  }

  private static @Nullable String faultOfFirst(byte[] block, int end, int keyLength) {
    byte[] changed = block.clone();
    LittleEndian.putInt(changed, 48, end);
    LittleEndian.putInt(changed, 56, keyLength);
    return fault(changed);
  }
}
