package org.tuffdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.FormatTooNewException;

class FileHeaderTest {
  private static final Path FILE = Path.of("000007.log");
  private static final FileHeader HEADER =
      new FileHeader(FileHeader.Kind.LOG, 7, 0x0123_4567_89AB_CDEFL, 0x7654_3210);

  @Test
  void whatIsWrittenIsRead() {
    assertThat(read(changed(bytes -> {}), FileHeader.BYTES)).isEqualTo(HEADER);
  }

  /// As the diagram draws them, whatever stood there before.
  @Test
  void theBytesAreThoseOfTheFormat() {
    byte[] bytes = new byte[FileHeader.BYTES + 1];
    Arrays.fill(bytes, (byte) 0xff);
    HEADER.write(bytes);
    assertThat(HexFormat.of().formatHex(bytes))
        .startsWith(
            "5475666644420d0a" // magic
                + "01000000" // a log
                + "01000000" // version
                + "0000000000000000" // features
                + "0700000000000000" // number
                + "efcdab8967452301" // store
                + "10325476" // salt
                + "00".repeat(16))
        .endsWith("ff");
  }

  @Test
  void whatIsCutShortIsRefused() {
    assertThatThrownBy(() -> read(changed(bytes -> {}), FileHeader.BYTES - 1))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("64-byte header");
  }

  @Test
  void anotherMagicIsRefused() {
    requireCorrupt(bytes -> bytes[0] = 0, "magic");
  }

  @Test
  void anyOtherByteIsVouchedFor() {
    byte[] bytes = changed(unchanged -> {});
    for (int at = Long.BYTES; at < FileHeader.BYTES; at++) {
      bytes[at] ^= 1;
      assertThatThrownBy(() -> read(bytes, FileHeader.BYTES))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("checksum");
      bytes[at] ^= 1;
    }
  }

  @Test
  void thatOfAnotherFileIsRefused() {
    requireCorrupt(bytes -> LittleEndian.putLong(bytes, 24, 8), "another file");
    requireCorrupt(bytes -> LittleEndian.putInt(bytes, 8, 2), "another file");
  }

  @Test
  void whatANewerOneWroteIsNamed() {
    requireTooNew(bytes -> LittleEndian.putInt(bytes, 12, 2), "format version 2 ");
    requireTooNew(bytes -> LittleEndian.putLong(bytes, 16, 4), "feature bits 0x4");
  }

  private static void requireCorrupt(Consumer<byte[]> change, String message) {
    assertThatThrownBy(() -> read(changed(change), FileHeader.BYTES))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining(message);
  }

  private static void requireTooNew(Consumer<byte[]> change, String message) {
    assertThatThrownBy(() -> read(changed(change), FileHeader.BYTES))
        .isInstanceOf(FormatTooNewException.class)
        .hasMessageContaining(message);
  }

  /// The header's bytes after a change, with the checksum that belongs to them.
  private static byte[] changed(Consumer<byte[]> change) {
    byte[] bytes = new byte[FileHeader.BYTES];
    HEADER.write(bytes);
    change.accept(bytes);
    LittleEndian.putInt(bytes, 60, new Checksum().of(bytes, 0, 60));
    return bytes;
  }

  private static FileHeader read(byte[] bytes, int length) {
    return FileHeader.read(FILE, bytes, length, FileHeader.Kind.LOG, 7);
  }
}
