package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.FormatTooNewException;

/// What stands in a table beside its blocks, with sound checksums and wrong content.
class TableFormatTest {
  private static final Path FILE = TableModel.PATH;
  private static final TableFormat FORMAT = new TableFormat(TableModel.HEADER);
  private static final long FOOTER_AT = 1024;
  private static final int VERSION_AT = 104;
  private static final int FEATURES_AT = 96;
  private static final int CHECKSUM_AT = 124;

  private static final List<RangeDelete> RANGES =
      List.of(
          new RangeDelete(bytes("a"), bytes("cc"), 7), new RangeDelete(bytes("d"), bytes(""), 9));

  @Test
  void theFooterIsReadAsItWasWritten() {
    assertThat(readFooter(handles(64, 100, 192, 50, 256, 0, 256, 760))).hasSize(4);
  }

  @Test
  void sectionsThatLieElsewhereAreRefused() {
    requireCorrupt(() -> readFooter(handles(0, 192, 192, 50, 256, 0, 256, 760)), "not in order");
    requireCorrupt(() -> readFooter(handles(65, 100, 192, 50, 256, 0, 256, 760)), "not in order");
    requireCorrupt(() -> readFooter(handles(64, 100, 256, 50, 320, 0, 320, 700)), "not in order");
    requireCorrupt(() -> readFooter(handles(64, -1, 64, 50, 128, 0, 128, 890)), "not in order");
    requireCorrupt(
        () -> readFooter(handles(64, Long.MAX_VALUE, 192, 50, 256, 0, 256, 760)), "not in order");
    requireCorrupt(() -> readFooter(handles(64, 100, 192, 50, 256, 0, 256, 600)), "not fill");
  }

  @Test
  void aFooterOfANewerVersionIsNamed() {
    requireTooNew(footer -> LittleEndian.putInt(footer, VERSION_AT, 2), "version 2");
    requireTooNew(footer -> LittleEndian.putLong(footer, FEATURES_AT, 8), "bits 0x8");
  }

  @Test
  void propertiesOfAnotherSizeAreRefused() {
    requireCorrupt(() -> TableFormat.readProperties(FILE, new byte[127], 0), "wrong size");
  }

  @Test
  void rangeDeletesAreReadAsTheyWereWritten() {
    assertThat(readRanges(bytes -> {}, RANGES.size()))
        .extracting(
            delete -> text(delete.start()), delete -> text(delete.limit()), RangeDelete::sequence)
        .containsExactly(tuple("a", "cc", 7L), tuple("d", "", 9L));
  }

  @Test
  void rangeDeletesThatAreImpossibleAreRefused() {
    byte[] bytes = TableFormat.rangeDeletes(RANGES);
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 2);
    requireCorrupt(() -> TableFormat.readRangeDeletes(FILE, cut, 0, 2), "impossible");
    requireImpossible(changed -> LittleEndian.putInt(changed, 8, -1));
    requireImpossible(changed -> LittleEndian.putInt(changed, 12, -1));
    requireImpossible(changed -> LittleEndian.putInt(changed, 8, 1 << 20));
    requireImpossible(changed -> LittleEndian.putInt(changed, 12, 1 << 20));
    requireImpossible(changed -> LittleEndian.putInt(changed, 8, 1000));
    requireImpossible(changed -> LittleEndian.putLong(changed, 0, -1));
    requireImpossible(changed -> changed[16] = 'z');
  }

  @Test
  void aMissingRangeDeleteIsNoticed() {
    requireCorrupt(() -> readRanges(bytes -> {}, 3), "missing");
  }

  @Test
  void optionsHaveLimits() {
    refused(() -> new TableOptions(63, 10, BlockCompression.NONE), "not 63");
    refused(() -> new TableOptions((1 << 20) + 1, 10, BlockCompression.NONE), "not 1048577");
    refused(() -> new TableOptions(4096, -1, BlockCompression.NONE), "not -1");
    refused(() -> new TableOptions(4096, 65, BlockCompression.NONE), "not 65");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// @param numbers offset and length of each section
  private static TableFormat.Handle[] handles(long... numbers) {
    TableFormat.Handle[] handles = new TableFormat.Handle[TableFormat.SECTIONS];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = new TableFormat.Handle(numbers[2 * i], numbers[2 * i + 1], i);
    }
    return handles;
  }

  private static TableFormat.Handle[] readFooter(TableFormat.Handle[] handles) {
    return FORMAT.readFooter(FILE, FORMAT.footer(handles, FOOTER_AT), FOOTER_AT);
  }

  private static List<RangeDelete> readRanges(Consumer<byte[]> change, int count) {
    byte[] bytes = TableFormat.rangeDeletes(RANGES);
    change.accept(bytes);
    return TableFormat.readRangeDeletes(FILE, bytes, 0, count);
  }

  private static void requireImpossible(Consumer<byte[]> change) {
    requireCorrupt(() -> readRanges(change, RANGES.size()), "impossible");
  }

  private static void requireTooNew(Consumer<byte[]> change, String message) {
    byte[] footer = FORMAT.footer(handles(64, 100, 192, 50, 256, 0, 256, 760), FOOTER_AT);
    change.accept(footer);
    LittleEndian.putInt(footer, CHECKSUM_AT, FORMAT.tied(footer, CHECKSUM_AT, FOOTER_AT));
    assertThatThrownBy(() -> FORMAT.readFooter(FILE, footer, FOOTER_AT))
        .isInstanceOf(FormatTooNewException.class)
        .hasMessageContaining(message);
  }

  private static void requireCorrupt(ThrowingCallable read, String message) {
    assertThatThrownBy(read).isInstanceOf(CorruptionException.class).hasMessageContaining(message);
  }

  private static void refused(ThrowingCallable made, String message) {
    assertThatThrownBy(made)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
