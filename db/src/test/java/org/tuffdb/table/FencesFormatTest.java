package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.error.CorruptionException;

/// The bytes of fences, and what of them is refused.
class FencesFormatTest {
  private static final Path FILE = Path.of("/table");
  private static final String SIZE = "another size";
  private static final String ORDER = "not in order";
  private static final int BEGIN = 64;

  /// In that order: counts, words, places, offsets of whole fences, prefix, whole fences.
  private static final int WORDS_AT = 16;

  private static byte[] build(int blockBytes, String... fences) {
    Fences.Builder builder = new Fences.Builder();
    long at = BEGIN;
    for (String fence : fences) {
      builder.add(fence.getBytes(ISO_8859_1), fence.length(), at, builder.blocks() % 2 == 1);
      at += blockBytes;
    }
    return builder.build(at);
  }

  private static byte[] three() {
    return build(100, "", "key 12345", "key 5\0");
  }

  private static Fences open(byte[] fences, int blocks, long begin, long end) {
    MemorySegment s = MemorySegment.ofArray(fences);
    return Fences.open(s, 0, fences.length, blocks, begin, end, FILE, 7);
  }

  private static void requireCorrupt(byte[] fences, String message) {
    assertThatThrownBy(() -> open(fences, 3, 64, 364))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining(message);
  }

  private static void requireCorrupt(Consumer<byte[]> change, String message) {
    byte[] fences = three();
    change.accept(fences);
    requireCorrupt(fences, message);
  }

  private static void requireCorruptWithInt(int at, int number, String message) {
    requireCorrupt(fences -> LittleEndian.putInt(fences, at, number), message);
  }

  private static void requireCorruptWithLong(int at, long number, String message) {
    requireCorrupt(fences -> LittleEndian.putLong(fences, at, number), message);
  }

  private static ByteBuffer layout(int sizeBytes, int blocks, int prefix, int whole) {
    ByteBuffer layout = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    return layout.putInt(blocks).putInt(prefix).putInt(whole).putInt(0).putLong(0);
  }

  private static void requireLayout(byte[] built, ByteBuffer layout) {
    assertThat(ByteBuffer.wrap(built)).isEqualTo(layout.flip());
  }

  private static long word(String key) {
    return BlockLayout.word(key.getBytes(ISO_8859_1), 0);
  }

  @Test
  void oneBlockHasNoFence() {
    ByteBuffer layout = layout(40, 1, 0, 0).putLong(2 * 64).putLong(2 * 164);
    requireLayout(build(100, ""), layout);
  }

  @Test
  void theOnlyFenceIsAPrefix() {
    ByteBuffer layout = layout(61, 2, 5, 0).putLong(0);
    layout.putLong(2 * 64).putLong(2 * 164 + 1).putLong(2 * 264).put("key 5".getBytes(ISO_8859_1));
    requireLayout(build(100, "", "key 5"), layout);
  }

  /// Behind what they have in common, eight bytes fit into a word.
  @Test
  void fencesThatAreInTheirWordsAreNotThereAsAWhole() {
    ByteBuffer layout = layout(76, 3, 4, 0).putLong(word("12345678")).putLong(word("5"));
    layout.putLong(2 * 64).putLong(2 * 164 + 1).putLong(2 * 264).putLong(2 * 364);
    layout.put("key ".getBytes(ISO_8859_1));
    requireLayout(build(100, "", "key 12345678", "key 5"), layout);
  }

  @Test
  void longerFencesAndThoseThatEndWithZeroAreThereAsAWhole() {
    ByteBuffer layout = layout(111, 3, 4, 19).putLong(word("12345678")).putLong(word("5"));
    layout.putLong(2 * 64).putLong(2 * 164 + 1).putLong(2 * 264).putLong(2 * 364);
    layout.putInt(0).putInt(0).putInt(13).putInt(19);
    layout.put("key key 123456789key 5\0".getBytes(ISO_8859_1));
    requireLayout(build(100, "", "key 123456789", "key 5\0"), layout);
  }

  @Test
  void manyFencesAreGathered() {
    String[] keys = new String[1_000];
    Arrays.setAll(keys, i -> i == 0 ? "" : "a key that is rather long %04d".formatted(i));
    Fences fences = open(build(100, keys), keys.length, BEGIN, BEGIN + 100_000);
    for (int i = 1; i < keys.length; i++) {
      assertThat(fences.find(keys[i].getBytes(ISO_8859_1))).isEqualTo(i);
    }
  }

  @Test
  void theSizeIsForetoldButForKeys() {
    Fences.Builder builder = new Fences.Builder();
    for (int i = 0; i < 300; i++) {
      builder.add(new byte[] {(byte) (i >> 8), (byte) i, 1}, i == 0 ? 0 : 3, 100L * i, false);
    }
    assertThat(builder.blocks()).isEqualTo(300);
    assertThat(builder.sizeBytes()).isEqualTo(builder.build(30_000).length);
  }

  @Test
  void blocksLieWhereTheyWereAdded() {
    Fences fences = open(three(), 3, 64, 364);
    assertThat(fences.blocks()).isEqualTo(3);
    assertThat(fences.offset(1)).isEqualTo(164);
    assertThat(fences.end(1)).isEqualTo(264);
    assertThat(fences.length(2)).isEqualTo(100);
    assertThat(fences.isCompressed(0)).isFalse();
    assertThat(fences.isCompressed(1)).isTrue();
    assertThat(fences.isCompressed(2)).isFalse();
  }

  @Test
  void fencesOfAnotherSizeAreRefused() {
    requireCorrupt(new byte[0], SIZE);
    requireCorrupt(Arrays.copyOf(three(), 15), SIZE);
    requireCorrupt(Arrays.copyOf(three(), 16), SIZE);
    requireCorrupt(Arrays.copyOf(three(), three().length - 1), SIZE);
    requireCorrupt(Arrays.copyOf(three(), three().length + 1), SIZE);
    requireCorruptWithInt(0, 2, SIZE);
    requireCorruptWithInt(4, 5, SIZE);
    requireCorruptWithInt(4, -1, SIZE);
    requireCorruptWithInt(8, 0, SIZE);
    requireCorruptWithInt(8, -1, SIZE);
  }

  @Test
  void blocksThatDoNotFillTheirPlaceAreRefused() {
    assertThatThrownBy(() -> open(three(), 3, 63, 364)).hasMessageContaining(ORDER);
    assertThatThrownBy(() -> open(three(), 3, 64, 365)).hasMessageContaining(ORDER);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void blocksBeginWhereTheOneBeforeEnds(int block) {
    int at = WORDS_AT + 3 * 8 + block * 8;
    requireCorruptWithLong(at, 2 * 64, ORDER);
    requireCorruptWithLong(at, 2 * 364, ORDER);
    requireCorruptWithLong(at, 0, ORDER);
    requireCorruptWithLong(at, -1, ORDER);
  }

  @Test
  void blocksHaveAByteAtLeast() {
    byte[] fences = build(TableFormat.BLOCK_BYTES_MIN, "", "b", "c");
    long end = BEGIN + 3L * TableFormat.BLOCK_BYTES_MIN;
    assertThat(open(fences, 3, BEGIN, end).length(0)).isEqualTo(TableFormat.BLOCK_BYTES_MIN);
    LittleEndian.putLong(fences, WORDS_AT + 4 * 8, 2L * (BEGIN + TableFormat.BLOCK_BYTES_MIN - 1));
    assertThatThrownBy(() -> open(fences, 3, BEGIN, end)).hasMessageContaining(ORDER);
  }

  @Test
  void blocksAreNotTooLarge() {
    byte[] fences = build(TableFormat.BLOCK_BYTES_MAX, "", "b", "c");
    long end = BEGIN + 3L * TableFormat.BLOCK_BYTES_MAX;
    assertThat(open(fences, 3, BEGIN, end).length(0)).isEqualTo(TableFormat.BLOCK_BYTES_MAX);
    LittleEndian.putLong(fences, WORDS_AT + 4 * 8, 2L * (BEGIN + TableFormat.BLOCK_BYTES_MAX + 1));
    assertThatThrownBy(() -> open(fences, 3, BEGIN, end)).hasMessageContaining(ORDER);
  }

  @Test
  void wordsThatFallAreRefused() {
    requireCorruptWithLong(WORDS_AT, 1, ORDER);
    requireCorruptWithLong(WORDS_AT + 8, -1, ORDER);
    requireCorruptWithLong(WORDS_AT + 16, 0, ORDER);
  }

  @Test
  void wholeFencesThatLieElsewhereAreRefused() {
    int at = WORDS_AT + 3 * 8 + 4 * 8;
    requireCorruptWithInt(at, 1, ORDER);
    requireCorruptWithInt(at + 4, -1, ORDER);
    requireCorruptWithInt(at + 4, 7, ORDER);
    requireCorruptWithInt(at + 8, 7, ORDER);
    requireCorruptWithInt(at + 12, 5, ORDER);
  }
}
