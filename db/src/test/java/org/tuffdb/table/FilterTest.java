package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.bytes.Hash;

class FilterTest {
  private static final int KEYS = 20_000;

  /// Other bytes stand before the filter.
  private static final int AT = 13;

  private final WriteMemory memory = WriteMemory.take();

  private static long hash(int key) {
    byte[] bytes = ("key" + key).getBytes(UTF_8);
    return Hash.of(bytes);
  }

  private Filter.Builder builder(int keys, int bitsPerKey) {
    Filter.Builder builder = new Filter.Builder(bitsPerKey, memory);
    for (int key = 0; key < keys; key++) {
      builder.add(hash(key));
    }
    return builder;
  }

  private static MemorySegment segment(byte[] filter) {
    byte[] placed = new byte[AT + filter.length];
    System.arraycopy(filter, 0, placed, AT, filter.length);
    return MemorySegment.ofArray(placed);
  }

  private static boolean mayContain(MemorySegment s, int bitsPerKey, int key) {
    long lines = (s.byteSize() - AT) / Filter.LINE_BYTES;
    return Filter.mayContain(s, AT, lines, Filter.probes(bitsPerKey), hash(key));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 1", "3, 2", "4, 3", "5, 3", "8, 6", "10, 7", "11, 7", "64, 7"})
  void thereAreAsManyProbesAsServeBest(int bitsPerKey, int probes) {
    assertThat(Filter.probes(bitsPerKey)).isEqualTo(probes);
  }

  @ParameterizedTest
  @CsvSource({"0, 10, 0", "1, 10, 64", "51, 10, 64", "52, 10, 128", "64, 8, 64", "65, 8, 128"})
  void aFilterTakesWholeLines(int keys, int bitsPerKey, int sizeBytes) {
    Filter.Builder builder = builder(keys, bitsPerKey);
    assertThat(builder.sizeBytes()).isEqualTo(sizeBytes);
    assertThat(builder.build()).hasSize(sizeBytes);
  }

  @Test
  void withoutBitsThereIsNoFilter() {
    assertThat(builder(1_000, 0).build()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10, 64})
  void everyKeyThatIsThereIsFound(int bitsPerKey) {
    MemorySegment filter = segment(builder(1_000, bitsPerKey).build());
    for (int key = 0; key < 1_000; key++) {
      assertThat(mayContain(filter, bitsPerKey, key)).isTrue();
    }
  }

  /// Some more than those of a Bloom filter without lines, which are 9.2, 2.2 and 0.8 %.
  @ParameterizedTest
  @CsvSource({"5, 0.12", "8, 0.03", "10, 0.015", "20, 0.0007"})
  void fewKeysThatAreNotThereAreFound(int bitsPerKey, double atMost) {
    MemorySegment filter = segment(builder(KEYS, bitsPerKey).build());
    int found = 0;
    for (int key = KEYS; key < 3 * KEYS; key++) {
      found += mayContain(filter, bitsPerKey, key) ? 1 : 0;
    }
    assertThat(found / (2.0 * KEYS)).isLessThan(atMost);
  }

  /// More keys than the memory holds at first, as many, and fewer.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 1_024, 1_025, 3_000})
  void theBitsLieWhereTheFormatSays(int keys) {
    for (int bitsPerKey : new int[] {1, 7, 10}) {
      assertThat(builder(keys, bitsPerKey).build()).isEqualTo(reference(keys, bitsPerKey));
    }
  }

  private static byte[] reference(int keys, int bitsPerKey) {
    int lines = Math.ceilDiv(keys * bitsPerKey, 512);
    BitSet bits = new BitSet();
    for (int key = 0; key < keys; key++) {
      BigInteger line = unsigned(hash(key)).multiply(BigInteger.valueOf(lines)).shiftRight(64);
      BigInteger mixed = unsigned(Hash.mix(hash(key)));
      for (int probe = 0; probe < Filter.probes(bitsPerKey); probe++) {
        int bit = mixed.shiftRight(9 * probe).intValue() & 511;
        bits.set(512 * line.intValueExact() + bit);
      }
    }
    byte[] filter = new byte[64 * lines];
    byte[] set = bits.toByteArray();
    System.arraycopy(set, 0, filter, 0, set.length);
    return filter;
  }

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  @Test
  void theMemoryThatHashesTookServesTheNextFilter() {
    builder(5_000, 10).build();
    assertThat(memory.hashes).hasSizeGreaterThanOrEqualTo(5_000);
    assertThat(builder(100, 10).build()).isEqualTo(reference(100, 10));
  }
}
