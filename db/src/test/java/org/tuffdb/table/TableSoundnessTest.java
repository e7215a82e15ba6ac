package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tuffdb.table.ForgedTable.put;

import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.MemoryFileSystem;

/// Damage is named by whoever reads first what is damaged, whichever way the table is read.
class TableSoundnessTest {
  private static final byte[] KEY = {'d'};

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final BlockCache cache = new BlockCache(1 << 20, 4096);

  private static ForgedTable sound() {
    return new ForgedTable(10).block("", put("b", 5), put("c", 7)).block("d", put("d", 4));
  }

  /// A block that has `declared` bytes, as it says.
  private static ForgedTable forged(byte[] block, int declared, boolean compressed) {
    ForgedTable table = new ForgedTable(0).stored("", block, declared, compressed);
    table.lies.put(ForgedTable.ENTRIES, 1L);
    return table;
  }

  private Table open(byte[] content, Access reading, BlockCache with) throws IOException {
    ForgedTable.write(files, content);
    TableInfo info = ForgedTable.info(files, content, "a", "z");
    return Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, with);
  }

  private static void refused(ThrowingCallable read, long offset, String what) {
    assertThatThrownBy(read)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("offset " + offset + ": " + what);
  }

  private static void eachReadIsRefused(Table table, long offset, String what) {
    refused(() -> table.find(KEY, Hash.of(KEY), 9, new Found()), offset, what);
    refused(() -> seek(table.cursor()), offset, what);
    refused(() -> seek(table.sweep()), offset, what);
    refused(() -> table.block(table.blockCount() - 1), offset, what);
  }

  private static void seek(EntryCursor cursor) {
    try (cursor) {
      assertThat(cursor.seek(KEY, 9)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedBlock(Access reading) throws IOException {
    ForgedTable forged = sound();
    byte[] content = forged.build();
    content[forged.blockAt(1) + 9] ^= 1;
    try (Table table = open(content, reading, cache)) {
      eachReadIsRefused(table, forged.blockAt(1), "a block does not match its checksum");
      assertThat(table.find(new byte[] {'c'}, Hash.of(new byte[] {'c'}), 9, new Found())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBlockThatIsReadIntoMemoryOfItsOwn(Access reading) throws IOException {
    ForgedTable forged = sound();
    byte[] content = forged.build();
    content[forged.blockAt(1) + 9] ^= 1;
    try (Table table = open(content, reading, new BlockCache(0, 64))) {
      eachReadIsRefused(table, forged.blockAt(1), "a block does not match its checksum");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedFilter(Access reading) throws IOException {
    requireSectionChecked(TableFormat.FILTER, reading);
  }

  @ParameterizedTest
  @EnumSource
  void damagedFences(Access reading) throws IOException {
    requireSectionChecked(TableFormat.FENCES, reading);
  }

  private void requireSectionChecked(int section, Access reading) throws IOException {
    ForgedTable forged = sound();
    byte[] content = forged.build();
    long offset = forged.handle(section).offset();
    content[(int) offset + 1] ^= 1;
    try (Table table = open(content, reading, cache)) {
      eachReadIsRefused(table, offset, "a section does not match its checksum");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBlockThatCannotBeSearched(Access reading) throws IOException {
    byte[] image = ForgedTable.image(put("d", 5));
    image[19] = 9; // no kind
    for (int slotBytes : new int[] {64, 4096}) {
      ForgedTable forged = forged(image, image.length, false);
      try (Table table = open(forged.build(), reading, new BlockCache(1 << 20, slotBytes))) {
        eachReadIsRefused(table, 64, "the block's header is impossible");
      }
      files.delete(TableModel.PATH);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBlockOfAnotherSizeThanItSays(Access reading) throws IOException {
    String another = "a block has another size than it says";
    byte[] junk = new byte[10];
    requireRefused(forged(junk, 9, false), reading, another);
    requireRefused(forged(junk, 10 | TableFormat.COMPRESSED, false), reading, another);
    requireRefused(forged(junk, 0, true), reading, another);
    requireRefused(forged(junk, 100, true), reading, another);
    requireRefused(forged(junk, (1 << 29) | TableFormat.COMPRESSED, true), reading, another);
    requireRefused(forged(junk, (11 * 256) | TableFormat.COMPRESSED, true), reading, another);
  }

  /// The size may be true, but there is nothing that has it.
  @ParameterizedTest
  @EnumSource
  void aBlockThatCannotBeDecompressed(Access reading) throws IOException {
    byte[] junk = new byte[10];
    String what = "a block cannot be decompressed";
    requireRefused(forged(junk, (10 * 256) | TableFormat.COMPRESSED, true), reading, what);
  }

  private void requireRefused(ForgedTable forged, Access reading, String what) throws IOException {
    try (Table table = open(forged.build(), reading, cache)) {
      eachReadIsRefused(table, 64, what);
    }
    files.delete(TableModel.PATH);
  }
}
