package org.tuffdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "127, 1",
    "128, 2",
    "16383, 2",
    "16384, 3",
    "2097151, 3",
    "2097152, 4",
    "268435455, 4",
    "268435456, 5",
    "2147483647, 5"
  })
  void aValueTakesItsBytes(int value, int sizeBytes) {
    byte[] bytes = new byte[Varint.BYTES_MAX + 2];
    assertThat(Varint.put(bytes, 1, value)).isEqualTo(1 + sizeBytes);
    assertThat(Varint.sizeBytes(value)).isEqualTo(sizeBytes);
    assertThat(Varint.get(bytes, 1, 1 + sizeBytes)).isEqualTo(value);
    assertThat(Varint.get(bytes, 1, sizeBytes)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80",
        "8000",
        "ff00",
        "8080808000",
        "ffffffff08",
        "ffffffff11",
        "808080808000",
        "ffffffff7f"
      })
  void whatIsNoneIsRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Varint.get(bytes, 0, bytes.length)).isEqualTo(-1);
  }
}
