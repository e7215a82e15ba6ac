package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tuffdb.table.BlockLayout.RISING;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.entry.Kind;

/// How entries are laid out, and that the size that is foretold for a block is the one it gets.
class BlockBuilderTest {
  private static final long SEED = 20261129;
  private static final int PUT = Kind.PUT;

  /// Smaller than most blocks.
  private final BlockBuilder builder = new BlockBuilder(16);

  private static BlockLayout entries() {
    return new BlockLayout();
  }

  private void requireLayout(BlockLayout layout, int w, int o, int k, int kind) {
    layout.entries.forEach(this::requireForetold);
    assertThat(builder.size()).isEqualTo(layout.sizeBytes(w, o, k, kind));
    assertThat(BlockLayout.written(builder)).isEqualTo(layout.bytes(w, o, k, kind));
  }

  private void requireForetold(BlockLayout.Entry entry) {
    long foretold =
        builder.sizeWith(entry.key.length, entry.value.length, entry.sequence, entry.kind);
    BlockLayout.addTo(builder, entry);
    assertThat(foretold).isEqualTo(builder.size());
  }

  @Test
  void oneEntryOfEightBytesNeedsNoOffsets() {
    requireLayout(entries().put("key 1", "abc", 7), 0, 0, 0, PUT);
  }

  @Test
  void oneEntryOfSevenBytesHasOffsets() {
    requireLayout(entries().put("key 1", "ab", 7), 0, 2, 0, PUT);
  }

  @Test
  void entriesOfOneSizeWithRisingSequencesNeedNoColumns() {
    requireLayout(entries().put("ka", "v1", 6).put("kb", "v2", 7).put("kc", "v3", 8), 128, 0, 0, 1);
  }

  @Test
  void smallEntriesOfOneSizeHaveOffsets() {
    requireLayout(entries().put("a", "1", 6).put("b", "2", 7).put("c", "3", 8), RISING, 2, 0, PUT);
    builder.clear();
    requireLayout(entries().put("aaa", "1", 6).put("bbb", "2", 7), RISING, 0, 0, PUT);
  }

  @Test
  void valuesOfTwoLengthsHaveOffsets() {
    requireLayout(entries().put("key 1", "long", 1).put("key 2", "", 2), RISING, 2, 0, PUT);
  }

  /// They are of one size, key and value together, but where the value begins differs.
  @Test
  void keysOfTwoLengthsHaveOffsetsAndLengths() {
    requireLayout(entries().put("key", "1234", 1).put("key 2", "12", 2), RISING, 2, 1, PUT);
    builder.clear();
    requireLayout(entries().put("key 2", "12", 1).put("yek", "1234", 2), RISING, 2, 1, PUT);
  }

  @Test
  void keysOfOneLengthAgainDoNotMakeUpForOneOfAnother() {
    requireLayout(
        entries().put("key 1", "123", 1).put("kez", "12345", 2).put("kez 3", "123", 3),
        RISING,
        2,
        1,
        PUT);
  }

  @Test
  void deletesAloneHaveOneKind() {
    BlockLayout deletes = entries().add("key 1", "", 1, Kind.DELETE);
    requireLayout(deletes.add("key 2", "", 2, Kind.DELETE), RISING, 0, 0, Kind.DELETE);
  }

  @Test
  void putsAndDeletesHaveAColumnOfKinds() {
    BlockLayout mixed = entries().add("key 1", "", 9, Kind.DELETE).put("key 2", "", 10);
    requireLayout(mixed.add("key 3", "", 11, Kind.DELETE), RISING, 0, 0, 0);
  }

  @Test
  void sequencesThatAreTheSameTakeNoRoom() {
    requireLayout(entries().put("key 1", "abc", 7).put("key 2", "abc", 7), 0, 0, 0, PUT);
  }

  @Test
  void sequencesThatFallDoNotRise() {
    requireLayout(entries().put("key", "abcde", 7).put("key", "abcde", 6), 1, 0, 0, PUT);
  }

  @Test
  void sequencesThatRiseAgainAfterAGapAreWritten() {
    requireLayout(
        entries().put("key 1", "abc", 7).put("key 2", "abc", 9).put("key 3", "abc", 10),
        1,
        0,
        0,
        PUT);
  }

  @ParameterizedTest
  @CsvSource({"2,1", "255,1", "256,2", "65535,2", "65536,3", "16777215,3", "16777216,4"})
  @CsvSource({"4294967295,4", "4294967296,5", "1099511627775,5", "1099511627776,6"})
  @CsvSource({"281474976710656,7", "72057594037927935,7", "72057594037927936,8"})
  void sequencesTakeAsManyBytesAsTheirSpanNeeds(long span, int w) {
    requireLayout(entries().put("key 1", "abc", 5).put("key 2", "abc", 5 + span), w, 0, 0, PUT);
    builder.clear();
    requireLayout(entries().put("key 1", "abc", 5 + span).put("key 2", "abc", 5), w, 0, 0, PUT);
  }

  @ParameterizedTest
  @CsvSource({"255, 2, 1", "256, 2, 2", "65400, 2, 2", "65535, 4, 2", "65536, 4, 4"})
  void lengthsTakeAsManyBytesAsTheLongestKeyNeeds(int longest, int o, int k) {
    String key = "k".repeat(longest);
    requireLayout(entries().put("a", "1", 1).put(key, "1", 2), RISING, o, k, PUT);
    builder.clear();
    requireLayout(entries().put(key, "1", 1).put("l", "1", 2), RISING, o, k, PUT);
  }

  /// Two entries of keys of one length have 28 + 2 · 8 + 3 · 2 bytes before them.
  @ParameterizedTest
  @CsvSource({"65534, 2", "65535, 2", "65536, 4", "65537, 4"})
  void offsetsTakeTwoBytesAsLongAsTheySuffice(int sizeBytes, int o) {
    String value = "v".repeat(sizeBytes - 50 - 2 - 1);
    requireLayout(entries().put("a", value, 1).put("b", "1", 2), RISING, o, 0, PUT);
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 128, 129, 300})
  void thereMayBeManyEntries(int count) {
    Random random = new Random(SEED);
    BlockLayout layout = entries();
    for (int i = 0; i < count; i++) {
      byte kind = i % 3 == 0 ? Kind.DELETE : Kind.PUT;
      String value = kind == Kind.PUT ? "v".repeat(random.nextInt(20)) : "";
      layout.add("user%04d%s".formatted(i, i % 2 == 0 ? "" : "x"), value, 500 - i, kind);
    }
    requireLayout(layout, count > 256 ? 2 : 1, 2, 1, 0);
  }

  @Test
  void aClearedBuilderIsLikeANewOne() {
    requireLayout(entries().put("key", "1234", 1).add("key 2", "", 3, Kind.DELETE), 1, 2, 1, 0);
    builder.clear();
    assertThat(builder.isEmpty()).isTrue();
    requireLayout(entries().put("other 1", "abc", 9), 0, 0, 0, PUT);
    assertThat(builder.isEmpty()).isFalse();
  }

  @Test
  void countsItsEntries() {
    assertThat(builder.count()).isZero();
    entries().put("a", "1", 1).put("b", "2", 2).addTo(builder);
    assertThat(builder.count()).isEqualTo(2);
  }
}
