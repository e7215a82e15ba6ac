package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tuffdb.table.ForgedTable.put;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.MemoryFileSystem;

/// Which blocks come into the cache, and that all are let go of: a cache that is closed has no
/// memory any more once nothing is pinned.
class TablePinsTest {
  private static final int SLOT_BYTES = 2048;
  private static final int TABLE = 7;

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final TableModel model = new TableModel();
  private final BlockCache cache = new BlockCache(1 << 20, SLOT_BYTES);

  private static byte[] key(int i) {
    return "key %02d".formatted(i).getBytes(UTF_8);
  }

  private Table write(BlockCompression compression) throws IOException {
    for (int i = 0; i < 40; i++) {
      model.put(key(i), 5, new byte[100]);
      model.put(key(7), 6 + i, new byte[100]);
    }
    TableInfo info = model.write(files, new TableOptions(SLOT_BYTES, 0, compression));
    return open(info, cache);
  }

  private Table open(TableInfo info, BlockCache with) throws IOException {
    return Table.open(files, TableModel.PATH, info, TableModel.STORE, Access.CACHED, with);
  }

  private void requireNothingPinned() {
    cache.close();
    assertThat(cache.memoryBytes()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void noLookupLeavesAPin(BlockCompression compression) throws IOException {
    try (Table table = write(compression)) {
      for (int i = 0; i < 40; i++) {
        model.assertFinds(table, key(i), 99);
        model.assertFinds(table, key(i), 4);
        model.assertFinds(table, (i + "?").getBytes(UTF_8), 99);
      }
      model.assertFinds(table, "zzz".getBytes(UTF_8), 99);
    }
    requireNothingPinned();
  }

  @ParameterizedTest
  @EnumSource
  void noCursorLeavesAPin(BlockCompression compression) throws IOException {
    try (Table table = write(compression)) {
      EntryCursor cursor = table.cursor();
      model.assertScans(cursor);
      assertThat(cursor.seek(key(9), 99)).isTrue();
      cursor.close();
      EntryCursor other = table.cursor();
      assertThat(other.first()).isTrue();
      other.close();
    }
    requireNothingPinned();
  }

  /// As for a page of a mapping that cannot be read, or where the stack ends.
  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("NullAway") // that is the trouble
  void noLookupThatFailsLeavesAPin(BlockCompression compression) throws IOException {
    try (Table table = write(compression)) {
      assertThatThrownBy(() -> table.find(key(0), Hash.of(key(0)), 99, null))
          .isInstanceOf(NullPointerException.class);
      model.assertFinds(table, key(0), 99);
    }
    requireNothingPinned();
  }

  @Test
  void whatWasFoundStaysUntilItIsReleased() throws IOException {
    try (Table table = write(BlockCompression.NONE)) {
      Found found = new Found();
      assertThat(table.find(key(0), Hash.of(key(0)), 99, found)).isTrue();
      cache.close();
      assertThat(cache.memoryBytes()).isPositive();
      assertThat(found.segment().scope().isAlive()).isTrue();
      found.release();
      assertThat(cache.memoryBytes()).isZero();
    }
  }

  @Test
  void aBlockIsReadOnce() throws IOException {
    try (Table table = write(BlockCompression.LZ4)) {
      model.assertFinds(table, key(0), 99);
      model.assertFinds(table, key(0), 99);
      assertThat(cache.misses()).isEqualTo(1);
      assertThat(cache.hits()).isEqualTo(1);
    }
  }

  @Test
  void aClosedTableHasNothingInTheCache() throws IOException {
    try (Table table = write(BlockCompression.NONE)) {
      model.assertFinds(table, key(0), 99);
      cache.unpin(cache.acquire(TABLE, 0));
    }
    assertThat(cache.acquire(TABLE, 0)).isEqualTo(-1);
    cache.close();
  }

  @ParameterizedTest
  @EnumSource
  void aBlockAsLargeAsASlotIsCached(BlockCompression compression) throws IOException {
    model.put(key(0), 5, new byte[1000]);
    TableInfo info = model.write(files, new TableOptions(SLOT_BYTES, 0, compression));
    int blockBytes = Block.HEADER_BYTES + Long.BYTES + key(0).length + 1000;
    assertThat(hitsOfASecondLookup(info, blockBytes)).isEqualTo(1);
    assertThat(hitsOfASecondLookup(info, blockBytes - 1)).isZero();
  }

  private long hitsOfASecondLookup(TableInfo info, int slotBytes) throws IOException {
    BlockCache with = new BlockCache(1 << 20, slotBytes);
    assertThat(with.slotBytes()).isEqualTo(slotBytes);
    try (Table table = open(info, with)) {
      model.assertFinds(table, key(0), 99);
      model.assertFinds(table, key(0), 99);
    }
    with.close();
    return with.hits();
  }

  @Test
  void aBlockThatCannotBeSearchedGivesItsSlotBack() throws IOException {
    byte[] image = ForgedTable.image(put("a", 5));
    image[19] = 9; // no kind
    ForgedTable forged = new ForgedTable(0).stored("", image, image.length, false);
    forged.lies.put(ForgedTable.ENTRIES, 1L);
    byte[] content = forged.build();
    ForgedTable.write(files, content);
    try (Table table = open(ForgedTable.info(files, content, "a", "b"), cache)) {
      assertThatThrownBy(
              () -> table.find(new byte[] {'a'}, Hash.of(new byte[] {'a'}), 9, new Found()))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("offset 64: the block's header is impossible");
    }
    requireNothingPinned();
  }
}
