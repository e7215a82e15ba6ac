package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tuffdb.table.ForgedTable.put;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.MemoryFileSystem;

/// A cursor that walks over a whole table, beside one that does not.
class TableSweepTest {
  private final MemoryFileSystem files = new MemoryFileSystem();
  private final TableModel model = new TableModel();
  private final BlockCache cache = new BlockCache(1 << 20, 4096);

  private long reads;

  private Table open(TableInfo info, Access reading) throws IOException {
    files.listen(call -> reads += call.kind() == FileCall.Kind.READ ? 1 : 0);
    return Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, cache);
  }

  /// Larger than what is read at once.
  private Table write(BlockCompression compression, Access reading) throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] value = new byte[2500];
      random.nextBytes(value);
      Arrays.fill(value, 0, 500, (byte) i);
      model.put("key %03d".formatted(i).getBytes(UTF_8), 5, value);
    }
    return open(model.write(files, new TableOptions(4096, 0, compression)), reading);
  }

  @ParameterizedTest
  @EnumSource
  void aSweepReadsATableOfManyReads(BlockCompression compression) throws IOException {
    try (Table table = write(compression, Access.CACHED);
        EntryCursor sweep = table.sweep()) {
      model.assertScans(sweep);
      assertThat(cache.memoryBytes()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSweepReadsManyBlocksAtOnce(BlockCompression compression) throws IOException {
    try (Table table = write(compression, Access.CACHED);
        EntryCursor sweep = table.sweep()) {
      assertThat(sweep.first()).isTrue();
      long before = reads;
      assertThat(sweep.first()).isTrue();
      assertThat(reads).as("it has the first block still").isEqualTo(before);
      for (boolean there = true; there; there = sweep.next()) {
        assertThat(sweep.keyLength()).isEqualTo(7);
      }
      assertThat(reads - before).isLessThan(table.blockCount() / 10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSweepFreesWhatItReadInto(BlockCompression compression) throws IOException {
    try (Table table = write(compression, Access.MAPPED)) {
      EntryCursor sweep = table.sweep();
      assertThat(sweep.first()).isTrue();
      MemorySegment memory = sweep.segment();
      assertThat(memory.scope().isAlive()).isTrue();
      sweep.close();
      assertThat(memory.scope().isAlive()).isFalse();
    }
  }

  @Test
  void entriesOfASweepDoNotStayWhenItGoesOnToTheNextBlock() throws IOException {
    try (Table table = write(BlockCompression.NONE, Access.MAPPED);
        EntryCursor sweep = table.sweep();
        EntryCursor cursor = table.cursor()) {
      assertThat(cursor.first()).isTrue();
      assertThat(cursor.staysInPlace()).isTrue();
      assertThat(sweep.staysInPlace()).isFalse();
      assertThat(sweep.first()).isTrue();
      assertThat(sweep.staysInPlace()).isFalse();
    }
  }

  /// A step away from such an entry stays within its block.
  @Test
  void onlyAnEntryAtTheEndOfItsBlockDoesNotStayInPlace() throws IOException {
    for (int i = 0; i < 4; i++) {
      model.put(new byte[] {(byte) i}, 5, new byte[9]);
    }
    TableInfo info = model.write(files, new TableOptions(4096, 0, BlockCompression.NONE));
    try (Table table = open(info, Access.CACHED);
        EntryCursor cursor = table.cursor()) {
      boolean[] stays = new boolean[4];
      for (int i = 0; i < stays.length; i++) {
        assertThat(i == 0 ? cursor.first() : cursor.next()).isTrue();
        stays[i] = cursor.staysInPlace();
      }
      assertThat(stays).containsExactly(false, true, true, false);
    }
  }

  @Test
  void aSweepRefusesKeysOutsideTheBounds() throws IOException {
    byte[] content = new ForgedTable(0).block("", put("b", 5), put("d", 5)).build();
    ForgedTable.write(files, content);
    requireSwept(ForgedTable.info(files, content, "b", "d\0"));
    requireSwept(ForgedTable.info(files, content, "", ""));
    requireRefused(ForgedTable.info(files, content, "b\0", "z"));
    requireRefused(ForgedTable.info(files, content, "a", "d"));
    requireRefused(ForgedTable.info(files, content, "a", "c"));
  }

  private void requireSwept(TableInfo info) throws IOException {
    try (Table table = open(info, Access.MAPPED);
        EntryCursor sweep = table.sweep()) {
      assertThat(sweep.first()).isTrue();
      assertThat(sweep.next()).isTrue();
    }
  }

  private void requireRefused(TableInfo info) throws IOException {
    try (Table table = open(info, Access.MAPPED);
        EntryCursor cursor = table.cursor();
        EntryCursor sweep = table.sweep()) {
      assertThat(cursor.first()).isTrue();
      assertThatThrownBy(sweep::first)
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("offset 64: a key lies outside the table's bounds");
    }
  }

  @Test
  void nothingIsFoundAmongRangeDeletesAlone() throws IOException {
    model.rangeDeletes.add(new RangeDelete(new byte[] {'b'}, new byte[] {'c'}, 5));
    TableInfo info = model.write(files, new TableOptions(4096, 10, BlockCompression.NONE));
    try (Table table = open(info, Access.CACHED);
        EntryCursor cursor = table.cursor()) {
      assertThat(cursor.seek(new byte[] {'b'}, 9)).isFalse();
      assertThat(cursor.first()).isFalse();
      assertThat(cursor.last()).isFalse();
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.previous()).isFalse();
    }
  }
}
