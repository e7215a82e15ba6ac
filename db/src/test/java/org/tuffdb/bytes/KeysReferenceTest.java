package org.tuffdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// What [Keys] does word by word, beside the same done byte by byte: for keys of all short lengths,
/// which differ nowhere or in one place, there by bytes that are far apart as signed numbers and as
/// unsigned ones.
class KeysReferenceTest {
  private static final int LENGTH_MAX = 19;

  /// Bytes of others stand before a key and behind it.
  private static final int A_AT = 9;

  private static final int B_AT = 10;
  private static final byte OTHER = 0x55;

  /// Calls `check` with each pair of keys.
  private static void forEachPair(BiConsumer<byte[], byte[]> check) {
    for (int aLength = 0; aLength <= LENGTH_MAX; aLength++) {
      for (int bLength = 0; bLength <= LENGTH_MAX; bLength++) {
        byte[] a = new byte[aLength];
        check.accept(a, new byte[bLength]);
        for (int i = 0; i < bLength; i++) {
          byte[] b = new byte[bLength];
          b[i] = (byte) 0x80;
          check.accept(a, b);
          b[i] = 1;
          check.accept(a, b);
        }
      }
    }
  }

  private static byte[] placed(byte[] key, int at) {
    byte[] bytes = new byte[at + key.length + 3];
    Arrays.fill(bytes, OTHER);
    System.arraycopy(key, 0, bytes, at, key.length);
    return bytes;
  }

  private static MemorySegment segment(byte[] key, int at) {
    return MemorySegment.ofArray(placed(key, at));
  }

  @Test
  void keysAreOrderedByTheirUnsignedBytes() {
    forEachPair((a, b) -> {
      int order = Integer.signum(Arrays.compareUnsigned(a, b));
      MemorySegment inB = segment(b, B_AT);
      int ofArray = Keys.compare(placed(a, A_AT), A_AT, a.length, inB, B_AT, b.length);
      int ofSegment = Keys.compare(segment(a, A_AT), A_AT, a.length, inB, B_AT, b.length);
      assertThat(Integer.signum(ofArray)).isEqualTo(order);
      assertThat(Integer.signum(ofSegment)).isEqualTo(order);
      assertThat(Integer.signum(Keys.compare(inB, B_AT, b.length, segment(a, 0), 0, a.length)))
          .isEqualTo(-order);
    });
  }

  @Test
  void whatKeysHaveInCommonEndsWhereTheyDiffer() {
    forEachPair((a, b) -> {
      int mismatch = Arrays.mismatch(a, b);
      int common = mismatch < 0 ? a.length : mismatch;
      MemorySegment inB = segment(b, B_AT);
      assertThat(Keys.commonPrefix(placed(a, A_AT), A_AT, a.length, inB, B_AT, b.length))
          .isEqualTo(common);
      assertThat(Keys.commonPrefix(segment(a, A_AT), A_AT, a.length, inB, B_AT, b.length))
          .isEqualTo(common);
    });
  }

  @Test
  void aCopyHasTheKeyAndLeavesWhatIsAroundIt() {
    for (int length = 0; length <= LENGTH_MAX; length++) {
      byte[] key = rising(length);
      MemorySegment to = segment(new byte[length], B_AT);
      Keys.copy(placed(key, A_AT), A_AT, to, B_AT, length);
      assertThat((byte[]) to.heapBase().orElseThrow()).isEqualTo(placed(key, B_AT));
    }
  }

  @Test
  void aWordIsEightBytesOfTheKeyAndZerosBehindIt() {
    for (int length = 0; length <= LENGTH_MAX; length++) {
      byte[] key = rising(length);
      for (int from = 0; from <= length + Long.BYTES; from++) {
        long word = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
          word = word << 8 | (i < length ? key[i] & 0xff : 0);
        }
        for (int at : new int[] {0, 1, A_AT}) {
          assertThat(Keys.word(placed(key, at), at, length, from))
              .as("%d bytes at %d from %d on", length, at, from)
              .isEqualTo(word);
        }
        assertThat(Keys.word(segment(key, A_AT), A_AT, length, from)).isEqualTo(word);
      }
    }
  }

  private static byte[] rising(int length) {
    byte[] key = new byte[length];
    for (int i = 0; i < length; i++) {
      key[i] = (byte) (0x71 + i);
    }
    return key;
  }

  @Test
  void anEmptyLimitIsTheEndOfAllKeys() {
    byte[] none = {};
    byte[] low = {1};
    byte[] high = {(byte) 0x80};
    assertThat(Keys.isBelow(high, none)).isTrue();
    assertThat(Keys.isBelow(low, high)).isTrue();
    assertThat(Keys.isBelow(low, low)).isFalse();
    assertThat(Keys.isBelow(high, low)).isFalse();
    assertThat(Keys.lowerLimit(none, high)).isEqualTo(high);
    assertThat(Keys.lowerLimit(high, none)).isEqualTo(high);
    assertThat(Keys.lowerLimit(low, high)).isEqualTo(low);
    assertThat(Keys.lowerLimit(high, low)).isEqualTo(low);
    assertThat(Keys.higherLimit(none, high)).isEqualTo(none);
    assertThat(Keys.higherLimit(high, none)).isEqualTo(none);
    assertThat(Keys.higherLimit(low, high)).isEqualTo(high);
    assertThat(Keys.higherLimit(high, low)).isEqualTo(high);
  }

  @Test
  void anEmptyKeyComesBeforeAll() {
    byte[] none = {};
    byte[] key = {0};
    assertThat(Keys.lowerKey(none, key)).isEqualTo(none);
    assertThat(Keys.lowerKey(key, none)).isEqualTo(none);
    assertThat(Keys.successor(none)).isEqualTo(key);
    assertThat(Keys.successor(new byte[] {7})).containsExactly(7, 0);
  }
}
