package org.tuffdb.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tuffdb.bytes.Varint;

class BatchReaderTest {
  private static final HexFormat HEX = HexFormat.of();

  private final BatchReader reader = new BatchReader();

  @Test
  void whatIsWrittenIsRead() {
    byte[] batch = new byte[100];
    BatchFormat.putCount(batch, 3);
    int at = BatchFormat.putEntry(batch, 4, Kind.PUT, new byte[] {1, 2}, new byte[] {3});
    at = BatchFormat.putKeyspace(batch, at, 9);
    at = BatchFormat.putEntry(batch, at, Kind.DELETE, new byte[] {4}, new byte[0]);
    at = BatchFormat.putEntry(batch, at, Kind.RANGE_DELETE, new byte[0], new byte[] {5});
    reader.open(batch, 0, at);
    requireNext(0, Kind.PUT, "0102", "03");
    requireNext(9, Kind.DELETE, "04", "");
    requireNext(9, Kind.RANGE_DELETE, "", "05");
    assertThat(reader.next()).isFalse();
    assertThat(reader.sound()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "an empty batch, 00000000, true",
    "a choice of a keyspace alone, 000000004001000000, true",
    "less than a count, 000000, false",
    "a negative count, ffffffff, false",
    "more in the count than entries, 0200000001010141ff, false",
    "fewer in the count than entries, 0100000001010141ff01010141ff, false",
    "a keyspace cut short, 0000000040010000, false",
    "a negative keyspace, 0000000040ffffffff, false",
    "no kind, 0100000000010141ff, false",
    "a kind that nothing writes yet, 0100000004010141ff, false",
    "an empty key, 01000000010001ff, false",
    "the length of a key cut short, 010000000181, false",
    "a range delete without a length, 0100000003, false",
    "no length of a value, 010000000101, false",
    "a delete with a value, 0100000002010141ff, false",
    "a value cut short, 0100000001010241ff, false"
  })
  void onlyWhatIsWellFormedIsSound(String what, String hex, boolean sound) {
    byte[] batch = HEX.parseHex("ee" + hex + "ee");
    reader.open(batch, 1, batch.length - 2);
    while (reader.next()) {
      assertThat(reader.sound()).isTrue();
    }
    assertThat(reader.sound()).as(what).isEqualTo(sound);
  }

  @Test
  void aLimitIsOneByteLongerThanAKey() {
    assertThat(isSound(Kind.PUT, BatchFormat.KEY_BYTES_MAX, 0)).isTrue();
    assertThat(isSound(Kind.PUT, BatchFormat.KEY_BYTES_MAX + 1, 0)).isFalse();
    assertThat(isSound(Kind.RANGE_DELETE, 1, BatchFormat.KEY_BYTES_MAX + 1)).isTrue();
    assertThat(isSound(Kind.RANGE_DELETE, 1, BatchFormat.KEY_BYTES_MAX + 2)).isFalse();
  }

  private boolean isSound(byte kind, int keyLength, int valueLength) {
    byte[] batch = new byte[4 + 1 + 2 * Varint.BYTES_MAX + keyLength + valueLength];
    BatchFormat.putCount(batch, 1);
    int end = BatchFormat.putEntry(batch, 4, kind, new byte[keyLength], new byte[valueLength]);
    reader.open(batch, 0, end);
    return reader.next();
  }

  private void requireNext(int keyspaceId, byte kind, String key, String value) {
    assertThat(reader.next()).isTrue();
    assertThat(reader.keyspaceId()).isEqualTo(keyspaceId);
    assertThat(reader.kind()).isEqualTo(kind);
    assertThat(hex(reader.keyOffset(), reader.keyLength())).isEqualTo(key);
    assertThat(hex(reader.valueOffset(), reader.valueLength())).isEqualTo(value);
  }

  private String hex(int offset, int length) {
    return HEX.formatHex(Arrays.copyOfRange(reader.bytes(), offset, offset + length));
  }
}
