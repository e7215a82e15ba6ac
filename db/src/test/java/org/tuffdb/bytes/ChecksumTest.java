package org.tuffdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  /// The value that catalogues of checksums give for CRC-32C, of these nine digits.
  private static final int CHECK = 0xE306_9283;

  private static final byte[] DIGITS = "_123456789_".getBytes(StandardCharsets.US_ASCII);

  private final Checksum checksum = new Checksum();

  @Test
  void itIsThatOfTheCatalogueEachTime() {
    assertThat(checksum.of(DIGITS, 1, 9)).isEqualTo(CHECK);
    assertThat(checksum.of(DIGITS, 1, 9)).isEqualTo(CHECK);
  }

  @Test
  void twoRangesAreAsOne() {
    for (int i = 0; i < 2; i++) {
      assertThat(checksum.of(DIGITS, 1, 4, DIGITS, 5, 5)).isEqualTo(CHECK);
    }
  }

  @Test
  void rangesThatAreAddedAreAsOne() {
    for (int i = 0; i < 2; i++) {
      checksum.begin();
      checksum.add(DIGITS, 1, 3);
      checksum.add(ByteBuffer.wrap(DIGITS, 4, 6));
      assertThat(checksum.value()).isEqualTo(CHECK);
    }
  }
}
