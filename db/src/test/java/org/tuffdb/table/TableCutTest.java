package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.Found;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.CutFiles;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;

/// Reads of a file that ends too early or fails, though it was whole when it was opened.
class TableCutTest {
  private static final byte[] KEY = {'a'};
  private static final byte[] LAST = {'b'};

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final FaultyFileSystem faulty = new FaultyFileSystem(disk);
  private final CutFiles cut = new CutFiles(disk);
  private final TableModel model = new TableModel();

  private TableInfo write(BlockCompression compression) throws IOException {
    model.put(KEY, 5, new byte[300]);
    model.put(LAST, 5, new byte[300]);
    return model.write(disk, new TableOptions(256, 10, compression));
  }

  private static Table open(FileSystem files, TableInfo info, int slotBytes) throws IOException {
    BlockCache cache = new BlockCache(1 << 16, slotBytes);
    return Table.open(files, TableModel.PATH, info, TableModel.STORE, Access.CACHED, cache);
  }

  private static void refused(ThrowingCallable read, long offset, String what) {
    assertThatThrownBy(read)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("offset " + offset + ": " + what);
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatEndsWithinABlock(BlockCompression compression) throws IOException {
    TableInfo info = write(compression);
    for (int slotBytes : new int[] {64, 4096}) {
      cut.end = Long.MAX_VALUE;
      try (Table table = open(cut.system(), info, slotBytes)) {
        Table.BlockInfo last = table.block(1);
        cut.end = last.offset() + last.storedBytes() - 1;
        String what = "the file ends within a block";
        refused(() -> table.find(LAST, Hash.of(LAST), 9, new Found()), last.offset(), what);
        refused(() -> table.cursor().last(), last.offset(), what);
        refused(() -> table.sweep().last(), last.offset(), what);
        refused(() -> table.block(1), last.offset(), what);
        model.assertFinds(table, KEY, 9);
      }
    }
    disk.assertNothingOpen();
  }

  @Test
  void aFileThatEndsWithinASection() throws IOException {
    TableInfo info = write(BlockCompression.NONE);
    try (Table table = open(cut.system(), info, 4096);
        TableFile file = TableFile.open(disk, TableModel.PATH, 7)) {
      for (int section : new int[] {TableFormat.FENCES, TableFormat.FILTER}) {
        TableFormat.Handle handle = file.handle(section);
        cut.end = handle.end() - 1;
        refused(
            () -> table.find(KEY, Hash.of(KEY), 9, new Found()),
            handle.offset(),
            "the file ends within a section");
      }
      cut.end = Long.MAX_VALUE;
      model.assertFinds(table, KEY, 9);
    }
  }

  @Test
  void aFileThatIsCutBeforeItIsOpened() throws IOException {
    TableInfo info = write(BlockCompression.NONE);
    cut.end = info.sizeBytes() - 1;
    refused(
        () -> open(cut.system(), info, 4096),
        info.sizeBytes() - TableFormat.FOOTER_BYTES,
        "the file ends too early");
    refused(
        () -> TableFile.open(cut.system(), TableModel.PATH, 7),
        info.sizeBytes() - TableFormat.FOOTER_BYTES,
        "the file ends too early");
    disk.assertNothingOpen();
  }

  @ParameterizedTest
  @EnumSource
  void aReadThatFails(BlockCompression compression) throws IOException {
    TableInfo info = write(compression);
    for (int slotBytes : new int[] {64, 4096}) {
      try (Table table = open(faulty, info, slotBytes)) {
        assertThat(table.fences().find(KEY)).isZero();
        faulty.failFromNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.READ);
        unreadable(() -> table.find(KEY, Hash.of(KEY), 9, new Found()));
        unreadable(() -> table.cursor().first());
        unreadable(() -> table.sweep().first());
        faulty.heal();
        model.assertFinds(table, KEY, 9);
      }
    }
    disk.assertNothingOpen();
  }

  @Test
  void aSectionThatCannotBeReadIsReadLater() throws IOException {
    try (Table table = open(faulty, write(BlockCompression.NONE), 4096)) {
      faulty.failFromNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.READ);
      unreadable(() -> table.find(KEY, Hash.of(KEY), 9, new Found()));
      faulty.heal();
      model.assertFinds(table, KEY, 9);
    }
  }

  private static void unreadable(ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOf(DbException.class)
        .isNotInstanceOf(CorruptionException.class)
        .hasMessage(TableModel.PATH + ": cannot be read");
  }
}
