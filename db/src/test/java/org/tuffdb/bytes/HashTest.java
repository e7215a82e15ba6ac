package org.tuffdb.bytes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HashTest {
  /// What SplitMix64 adds from one number to the next.
  private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

  private static long hash(String key) {
    return Hash.of(key.getBytes(ISO_8859_1));
  }

  private static long splitMix(long seed, int number) {
    return Hash.mix(seed + number * GOLDEN);
  }

  /// The vectors that are published with SplitMix64, whose last step this is.
  @Test
  void mixingIsThatOfSplitMix64() {
    assertThat(splitMix(1_234_567, 1)).isEqualTo(6_457_827_717_110_365_317L);
    assertThat(splitMix(1_234_567, 2)).isEqualTo(3_203_168_211_198_807_973L);
    assertThat(splitMix(1_234_567, 3)).isEqualTo(0x883e_bce5_a3f2_7c77L);
    assertThat(splitMix(0, 1)).isEqualTo(0xe220_a839_7b1d_cdafL);
    assertThat(splitMix(0, 2)).isEqualTo(0x6e78_9e6a_a1b9_65f4L);
    assertThat(splitMix(0, 3)).isEqualTo(0x06c4_5d18_8009_454fL);
  }

  @Test
  void mixingIsThatOfSplittableRandom() {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 1; i <= 1_000; i++) {
      assertThat(splitMix(42, i)).isEqualTo(random.nextLong());
    }
  }

  /// Filters in old files hold these; the numbers come from a few lines of Python.
  @Test
  void theHashesOfKeysStayWhatTheyAre() {
    assertThat(hash("")).isZero();
    assertThat(hash("\0")).isEqualTo(0xff1c_4c3b_fba5_9cf8L);
    assertThat(hash("a")).isEqualTo(0x56af_7879_638a_5e26L);
    assertThat(hash("tuffdb")).isEqualTo(0x2421_13c1_e8be_0552L);
    assertThat(hash("12345678")).isEqualTo(0x63fd_c9b9_18be_0eb3L);
    assertThat(hash("123456789")).isEqualTo(0x8047_a3d1_2355_47c1L);
    assertThat(hash("\u00ff".repeat(8))).isEqualTo(0x81cd_dc58_d8bb_ff38L);
    assertThat(hash("user000000012345")).isEqualTo(0x2b12_e796_ffef_a13bL);
    assertThat(hash("The quick brown fox jumps over the lazy dog"))
        .isEqualTo(0x9360_58a2_4751_c661L);
  }

  @Test
  void whatStandsAroundTheKeyDoesNotCount() {
    for (int length = 0; length <= 24; length++) {
      byte[] zeros = new byte[32];
      byte[] others = new byte[32];
      Arrays.fill(others, (byte) 0x55);
      Arrays.fill(others, 5, 5 + length, (byte) 0);
      assertThat(Hash.of(others, 5, length)).isEqualTo(Hash.of(zeros, 5, length));
    }
  }

  @Test
  void keysOfZerosAreToldApartByTheirLength() {
    byte[] zeros = new byte[100];
    long[] hashes = new long[zeros.length];
    Arrays.setAll(hashes, length -> Hash.of(zeros, 0, length));
    assertThat(hashes).doesNotHaveDuplicates();
  }
}
