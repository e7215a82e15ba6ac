package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.MemoryFileSystem;

/// What a table has in memory beside its blocks, and what it gains by that.
class TableFilterTest {
  private static final int KEYS = 9000;

  private final MemoryFileSystem files = new MemoryFileSystem();

  private static byte[] key(int i) {
    return "%05d".formatted(i).getBytes(UTF_8);
  }

  private Table write(int filterBits, Access reading) throws IOException {
    TableModel model = new TableModel();
    for (int i = 0; i < KEYS; i++) {
      model.put(key(i), 5, new byte[10]);
    }
    TableInfo info = model.write(files, new TableOptions(512, filterBits, BlockCompression.NONE));
    BlockCache cache = new BlockCache(1 << 16, 4096);
    return Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, cache);
  }

  @ParameterizedTest
  @EnumSource
  void theFilterKnowsEveryKeyAndFewOthers(Access reading) throws IOException {
    try (Table table = write(10, reading)) {
      int others = 0;
      for (int i = 0; i < KEYS; i++) {
        assertThat(table.mayContain(key(i))).isTrue();
        others += table.mayContain(key(KEYS + i)) ? 1 : 0;
      }
      assertThat(others).isLessThan(KEYS / 20);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutAFilterEveryKeyMayBeThere(Access reading) throws IOException {
    try (Table table = write(0, reading)) {
      assertThat(table.mayContain(key(0))).isTrue();
      assertThat(table.mayContain(key(KEYS))).isTrue();
    }
  }

  /// Its checksum is computed piece by piece.
  @ParameterizedTest
  @EnumSource
  void aLargeFilterIsFoundSound(Access reading) throws IOException {
    try (Table table = write(64, reading)) {
      assertThat(table.properties().filterBytes()).isEqualTo(8L * KEYS).isGreaterThan(64 << 10);
      assertThat(table.mayContain(key(1))).isTrue();
    }
  }

  @Test
  void aTableThatIsNotMappedHasItsFilterAndFencesInMemory() throws IOException {
    try (Table table = write(10, Access.CACHED)) {
      TableProperties p = table.properties();
      assertThat(p.filterBytes()).isEqualTo(Math.ceilDiv(10L * KEYS, 512) * 64);
      assertThat(p.fenceBytes()).isGreaterThan(16L * p.blocks());
      assertThat(table.memoryBytes()).isEqualTo(p.filterBytes() + p.fenceBytes());
    }
  }

  @Test
  void aMappedTableHasABitForEachBlockInMemory() throws IOException {
    try (Table table = write(10, Access.MAPPED)) {
      assertThat(table.blockCount()).isGreaterThan(64);
      assertThat(table.memoryBytes()).isEqualTo(table.blockCount() / 8);
    }
  }

  /// They are in the heap, and a table may have very many.
  @ParameterizedTest
  @EnumSource
  void rangeDeletesCount(Access reading) throws IOException {
    TableModel model = new TableModel();
    for (int i = 0; i < 1_000; i++) {
      byte[] start = Arrays.copyOf(key(2 * i), 300);
      byte[] limit = Arrays.copyOf(key(2 * i + 1), 300);
      model.rangeDeletes.add(new RangeDelete(start, limit, 5));
    }
    TableInfo info = model.write(files, new TableOptions(512, 10, BlockCompression.NONE));
    BlockCache cache = new BlockCache(1 << 16, 4096);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    try (Table table = Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, cache)) {
      long allocated = thread.getCurrentThreadAllocatedBytes() - before;
      assertThat(table.memoryBytes()).isBetween(600_000L, allocated);
    }
  }

  @Test
  void touchingReadsNothingBeyondTheRange() {
    for (int length : new int[] {0, 1, 4095, 4096, 4097, 8192}) {
      TableBlocks.touch(MemorySegment.ofArray(new byte[length]), 0, length);
      TableBlocks.touch(MemorySegment.ofArray(new byte[10 + length]), 10, length);
    }
  }
}
