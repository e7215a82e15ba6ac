package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;

/// What is just possible in a table, and what no longer is.
class TableFormatLimitsTest {
  private static final Path FILE = TableModel.PATH;
  private static final byte[] EMPTY = {};

  private static TableFormat format(long number, long storeId, int salt) {
    return new TableFormat(new FileHeader(FileHeader.Kind.TABLE, number, storeId, salt));
  }

  /// Tables of today must be readable tomorrow: these numbers do not change.
  @Test
  void aChecksumIsTiedToItsPlaceForEver() {
    assertThat(format(7, 99, 5).tied(0, 64)).isEqualTo(0x63c1c0e8);
    assertThat(format(7, 99, 5).tied(0x1234, 64)).isEqualTo(0x63c1d2dc);
    assertThat(format(7, 99, 5).tied(0, 65)).isEqualTo(0x23f29f0d);
  }

  @Test
  void aPlaceIsOfOneFileOfOneStore() {
    assertThat(format(8, 99, 5).tied(0, 64)).isEqualTo(0x54db171b);
    assertThat(format(7, 98, 5).tied(0, 64)).isEqualTo(0x5b2a938b);
    assertThat(format(7, 99, 6).tied(0, 64)).isEqualTo(0x69c81d0c);
  }

  @Test
  void theFooterSaysWhichVersionItIs() {
    TableFormat.Handle[] handles = new TableFormat.Handle[TableFormat.SECTIONS];
    Arrays.fill(handles, new TableFormat.Handle(64, 0, 0));
    byte[] footer = format(7, 99, 5).footer(handles, 64);
    assertThat(LittleEndian.getInt(footer, 104)).isEqualTo(1);
    assertThat(new String(footer, 108, 8, UTF_8)).isEqualTo("TuffTabl");
  }

  @Test
  void numbersOfThePropertiesHaveLimits() {
    requireLimit(5, Integer.MAX_VALUE);
    requireLimit(8, Integer.MAX_VALUE - 1);
    requireLimit(12, Filter.PROBES_MAX);
    requireLimit(14, 1 << 20);
    requireLimit(15, 1);
  }

  private static void requireLimit(int property, int most) {
    byte[] bytes = new byte[128];
    LittleEndian.putLong(bytes, property * Long.BYTES, most);
    assertThat(TableFormat.properties(TableFormat.readProperties(FILE, bytes, 9))).isEqualTo(bytes);
    for (long beyond : new long[] {most + 1L, -1}) {
      LittleEndian.putLong(bytes, property * Long.BYTES, beyond);
      refused(() -> TableFormat.readProperties(FILE, bytes, 9), 9, "impossible");
    }
  }

  @Test
  void aRangeDeleteMayReachOverEverything() {
    requireRead(new RangeDelete(EMPTY, EMPTY, 0));
  }

  /// A successor is a byte longer than a key.
  @Test
  void aBoundMayBeASuccessor() {
    byte[] longest = new byte[BatchFormat.KEY_BYTES_MAX + 1];
    requireRead(new RangeDelete(longest, EMPTY, 1));
    requireRead(new RangeDelete(EMPTY, longest, 1));
    byte[] longer = new byte[longest.length + 1];
    requireRefused(new RangeDelete(longer, EMPTY, 1));
    requireRefused(new RangeDelete(EMPTY, longer, 1));
  }

  private static void requireRead(RangeDelete delete) {
    byte[] bytes = TableFormat.rangeDeletes(List.of(delete));
    List<RangeDelete> read = TableFormat.readRangeDeletes(FILE, bytes, 0, 1);
    assertThat(read.getFirst().start()).isEqualTo(delete.start());
    assertThat(read.getFirst().limit()).isEqualTo(delete.limit());
    assertThat(read.getFirst().sequence()).isEqualTo(delete.sequence());
  }

  private static void requireRefused(RangeDelete delete) {
    byte[] bytes = TableFormat.rangeDeletes(List.of(delete));
    refused(() -> TableFormat.readRangeDeletes(FILE, bytes, 9, 1), 9, "impossible");
  }

  @Test
  void aRangeDeleteThatIsCutIsRefused() {
    byte[] bytes = TableFormat.rangeDeletes(List.of(range("a", "cc", 1)));
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      refused(() -> TableFormat.readRangeDeletes(FILE, cut, 9, 1), 9, "impossible");
    }
  }

  @Test
  void theImpossibleRangeDeleteIsPointedAt() {
    int second = 16 + 3;
    byte[] backwards = TableFormat.rangeDeletes(List.of(range("a", "cc", 1), range("c", "b", 1)));
    refused(() -> TableFormat.readRangeDeletes(FILE, backwards, 99, 2), 99 + second, "impossible");
    byte[] cut = Arrays.copyOf(backwards, backwards.length - 1);
    refused(() -> TableFormat.readRangeDeletes(FILE, cut, 99, 2), 99 + second, "impossible");
  }

  private static RangeDelete range(String start, String limit, long sequence) {
    return new RangeDelete(start.getBytes(UTF_8), limit.getBytes(UTF_8), sequence);
  }

  private static void refused(ThrowingCallable read, long offset, String message) {
    CorruptionException refusal = catchThrowableOfType(CorruptionException.class, read);
    assertThat(refusal).hasMessageContaining(message);
    assertThat(refusal.offset()).isEqualTo(offset);
  }

  @Test
  void optionsReachTheirLimits() {
    for (int blockBytes : new int[] {64, 1 << 20}) {
      for (int bits : new int[] {0, 64}) {
        TableOptions options = new TableOptions(blockBytes, bits, BlockCompression.NONE);
        assertThat(options.blockBytes()).isEqualTo(blockBytes);
        assertThat(options.filterBitsPerKey()).isEqualTo(bits);
      }
    }
  }
}
