package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A key belongs to the block with the last fence that is not above it.
class FencesTest {
  private static final long SEED = 20261129;
  private static final Path FILE = Path.of("/table");

  /// Other bytes stand before the fences.
  private static final int AT = 5;

  private static final int BLOCK_BYTES = 100;

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  private static List<byte[]> fences(String... fences) {
    return Arrays.stream(fences).map(FencesTest::bytes).toList();
  }

  private static Fences open(List<byte[]> fences) {
    Fences.Builder builder = new Fences.Builder();
    builder.add(new byte[0], 0, 0, false);
    for (byte[] fence : fences) {
      builder.add(fence, fence.length, (long) builder.blocks() * BLOCK_BYTES, false);
    }
    long end = (long) builder.blocks() * BLOCK_BYTES;
    byte[] built = builder.build(end);
    byte[] placed = new byte[AT + built.length];
    System.arraycopy(built, 0, placed, AT, built.length);
    MemorySegment s = MemorySegment.ofArray(placed);
    return Fences.open(s, AT, built.length, builder.blocks(), 0, end, FILE, 0);
  }

  /// Each fence with the block behind it; of those that are the same, with the last one.
  private static NavigableMap<byte[], Integer> reference(List<byte[]> fences) {
    NavigableMap<byte[], Integer> blocks = new TreeMap<>(Arrays::compareUnsigned);
    blocks.put(new byte[0], 0);
    for (int i = 0; i < fences.size(); i++) {
      blocks.put(fences.get(i), i + 1);
    }
    return blocks;
  }

  /// Looks for each fence and for keys around it, and for the first and the last of all.
  private static void requireFound(List<byte[]> fences) {
    Fences opened = open(fences);
    NavigableMap<byte[], Integer> reference = reference(fences);
    assertThat(opened.blocks()).isEqualTo(fences.size() + 1);
    requireFound(opened, reference, new byte[0]);
    for (byte[] fence : fences) {
      neighbours(fence).forEach(key -> requireFound(opened, reference, key));
    }
    byte[] last = new byte[40];
    Arrays.fill(last, (byte) 0xff);
    requireFound(opened, reference, last);
  }

  private static void requireFound(
      Fences opened, NavigableMap<byte[], Integer> reference, byte[] key) {
    int found = opened.find(key);
    if (found != Objects.requireNonNull(reference.floorEntry(key)).getValue()) {
      fail("block %d has %s", found, Arrays.toString(key));
    }
  }

  private static List<byte[]> neighbours(byte[] key) {
    byte[] above = key.clone();
    above[key.length - 1]++;
    byte[] below = key.clone();
    below[key.length - 1]--;
    byte[] lower = key.clone();
    lower[0]--;
    byte[] longer = Arrays.copyOf(key, key.length + 1);
    byte[] muchLonger = Arrays.copyOf(key, key.length + 9);
    byte[] shorter = Arrays.copyOf(key, key.length - 1);
    return List.of(key, above, below, lower, longer, muchLonger, shorter);
  }

  @Test
  void allKeysBelongToTheOnlyBlock() {
    Fences fences = open(List.of());
    assertThat(fences.find(new byte[0])).isZero();
    assertThat(fences.find(bytes("key"))).isZero();
    assertThat(fences.find(bytes("\u00ff".repeat(20)))).isZero();
  }

  @Test
  void aKeyBelowAllFencesBelongsToTheFirstBlock() {
    assertThat(open(fences("key 5", "key 7")).find(bytes("key 4"))).isZero();
    assertThat(open(fences("key 5", "key 7")).find(bytes("key"))).isZero();
    assertThat(open(fences("key 5", "key 7")).find(bytes("a key"))).isZero();
    assertThat(open(fences("key 5", "key 7")).find(new byte[0])).isZero();
  }

  @Test
  void aKeyAboveAllFencesBelongsToTheLastBlock() {
    assertThat(open(fences("key 5", "key 7")).find(bytes("key 8"))).isEqualTo(2);
    assertThat(open(fences("key 5", "key 7")).find(bytes("kez"))).isEqualTo(2);
    assertThat(open(fences("key 5", "key 7")).find(bytes("\u00ff"))).isEqualTo(2);
  }

  @Test
  void aFenceBelongsToTheBlockBehindIt() {
    assertThat(open(fences("key 5", "key 7")).find(bytes("key 5"))).isEqualTo(1);
    assertThat(open(fences("key 5", "key 7")).find(bytes("key 7"))).isEqualTo(2);
  }

  @Test
  void fencesOfWhichOneBeginsAnotherAreToldApart() {
    requireFound(fences("a"));
    requireFound(fences("a", "ab", "abc", "abcdefgh", "abcdefghi", "abcdefghij"));
    requireFound(fences("a", "a\0", "a\0\0", "b", "b\0"));
  }

  @Test
  void fencesOfWhichTheWordsTieAreToldApart() {
    requireFound(fences("12345678", "12345678\0", "123456780", "1234567800", "123456781"));
    requireFound(fences("123456780", "123456781", "123456782", "9", "912345678", "912345678\0"));
    requireFound(fences("x1", "x12345678", "x12345678a", "x12345678ab", "x12345679", "x2"));
  }

  /// They may be the same where a key has versions in more than two blocks.
  @Test
  void aKeyBelongsBehindAllFencesThatAreTheSame() {
    requireFound(fences("key\0", "key\0", "key\0", "key\0"));
    requireFound(fences("a", "key\0", "key\0", "key\0", "z"));
    requireFound(fences("same", "same"));
  }

  @Test
  void bytesAreComparedAsNumbersWithoutSign() {
    requireFound(fences("\u0001", "\u007f", "\u0080", "\u00ff", "\u00ff\u00ff"));
    requireFound(fences("p\u0001", "p\u007f", "p\u0080", "p\u00ff"));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 63, 64, 65, 100, 256, 257, 1_000, 2_000})
  void keysAreFoundAmongFencesAtEvenDistances(int blocks) {
    List<byte[]> dense = new ArrayList<>();
    List<byte[]> all = new ArrayList<>();
    for (int i = 1; i < blocks; i++) {
      dense.add(number(i));
      all.add(number(Long.divideUnsigned(-1, blocks) * i));
    }
    requireFound(dense);
    requireFound(all);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100, 500, 2_000})
  void keysAreFoundAmongRandomFences(int blocks) {
    Random random = new Random(SEED + blocks);
    TreeSet<byte[]> fences = new TreeSet<>(Arrays::compareUnsigned);
    while (fences.size() < blocks) {
      byte[] fence = new byte[1 + random.nextInt(12)];
      random.nextBytes(fence);
      fences.add(fence);
    }
    requireFound(List.copyOf(fences));
  }

  /// Guesses are near for most of them, and far off for those that lie close together.
  @Test
  void keysAreFoundAmongEvenFencesWithAHeap() {
    for (long heapAt : new long[] {1, 300, 1_000, 1_999}) {
      List<byte[]> fences = new ArrayList<>();
      for (long i = 1; i < 2_000; i++) {
        fences.add(number(i << 32));
        for (int j = 1; i == heapAt && j < 100; j++) {
          fences.add(number((i << 32) + j));
        }
      }
      requireFound(fences);
    }
  }

  @Test
  void keysAreFoundAmongFencesThatThinOut() {
    List<byte[]> fences = new ArrayList<>();
    for (int i = 1; i < 500; i++) {
      fences.add(number((long) Math.exp(i * 0.08) + i));
    }
    requireFound(fences);
  }
}
