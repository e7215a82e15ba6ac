package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.MemoryFileSystem;

/// A table looked at by itself.
class TableFileTest {
  private final MemoryFileSystem files = new MemoryFileSystem();
  private final TableModel model = new TableModel();

  private TableFile open() throws IOException {
    return TableFile.open(files, TableModel.PATH, TableModel.HEADER.number());
  }

  private TableFile write(BlockCompression compression) throws IOException {
    model.put(new byte[] {'a'}, 7, new byte[300]);
    model.put(new byte[] {'a'}, 6, new byte[0]);
    model.put(new byte[] {'b', 'c'}, 5, new byte[20]);
    model.put(new byte[] {'d'}, 9, new byte[5000]);
    model.write(files, new TableOptions(512, 10, compression));
    return open();
  }

  @Test
  void aBlockShowsItsEntries() throws IOException {
    try (TableFile file = write(BlockCompression.NONE)) {
      TableFile.Entries block = file.block(0);
      assertThat(block.count()).isEqualTo(3);
      assertThat(block.key(2)).isEqualTo(new byte[] {'b', 'c'});
      assertThat(block.valueLength(0)).isEqualTo(300);
      assertThat(block.valueLength(1)).isZero();
      assertThat(block.valueLength(2)).isEqualTo(20);
      assertThat(block.sequence(1)).isEqualTo(6);
      assertThat(block.kind(1)).isEqualTo(Kind.DELETE);
      assertThat(block.kind(2)).isEqualTo(Kind.PUT);
    }
  }

  @Test
  void aBlockShowsWhereItIs() throws IOException {
    try (TableFile file = write(BlockCompression.NONE)) {
      TableFile.Entries first = file.block(0);
      assertThat(first.offset()).isEqualTo(FileHeader.BYTES);
      assertThat(first.storedBytes()).isEqualTo(first.rawBytes() + TableFormat.TRAILER_BYTES);
      TableFile.Entries second = file.block(1);
      assertThat(second.offset()).isEqualTo(FileHeader.BYTES + first.storedBytes());
      assertThat(second.rawBytes()).isGreaterThan(5000);
      assertThat(file.properties().storedBytes())
          .isEqualTo(first.storedBytes() + second.storedBytes());
    }
  }

  @Test
  void aCompressedBlockShowsBothSizes() throws IOException {
    try (TableFile file = write(BlockCompression.LZ4)) {
      assertThat(file.block(1).rawBytes()).isGreaterThan(5000);
      assertThat(file.block(1).storedBytes()).isLessThan(500);
    }
  }

  @Test
  void rangeDeletesAreListed() throws IOException {
    model.rangeDeletes.add(new RangeDelete(new byte[] {'b'}, new byte[] {'c'}, 4));
    try (TableFile file = write(BlockCompression.NONE)) {
      assertThat(file.rangeDeletes()).hasSize(1);
      assertThat(file.rangeDeletes().getFirst().sequence()).isEqualTo(4);
    }
  }

  @Test
  void aBlockIsReadableUntilTheNextOneIsAskedForOrTheFileIsClosed() throws IOException {
    TableFile file = write(BlockCompression.NONE);
    TableFile.Entries small = file.block(0);
    TableFile.Entries large = file.block(1);
    assertThatThrownBy(small::count).isInstanceOf(IllegalStateException.class);
    assertThat(large.count()).isEqualTo(1);
    file.close();
    assertThatThrownBy(large::count).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFileThatIsNoTableIsClosedAgain() throws IOException {
    byte[] header = new byte[500];
    TableModel.HEADER.write(header);
    ForgedTable.write(files, header);
    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("offset 372: the table's footer is missing");
    files.assertNothingOpen();
  }

  /// Nothing but a header and a footer: what is in between is missed when it is asked for.
  @Test
  void theShortestFileCanBeLookedAt() throws IOException {
    ForgedTable.write(files, shortest());
    try (TableFile file = open()) {
      assertThat(file.sizeBytes()).isEqualTo(192);
      assertThatThrownBy(file::properties).hasMessageContaining("wrong size");
    }
  }

  @Test
  void aManifestThatKnowsTheShortestFileDoesNotMakeItATable() throws IOException {
    ForgedTable.write(files, shortest());
    TableInfo info =
        new TableInfo(7, 192, "a".getBytes(UTF_8), new byte[0], 0, 0, 0, 0, 0, 0, false);
    BlockCache cache = new BlockCache(0, 4096);
    assertThatThrownBy(
            () -> Table.open(files, TableModel.PATH, info, TableModel.STORE, Access.CACHED, cache))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("the properties have a wrong size");
    files.assertNothingOpen();
  }

  private static byte[] shortest() {
    TableFormat.Handle[] handles = new TableFormat.Handle[TableFormat.SECTIONS];
    TableFormat format = new TableFormat(TableModel.HEADER);
    int sum = format.tied(new byte[0], 0, FileHeader.BYTES);
    Arrays.fill(handles, new TableFormat.Handle(FileHeader.BYTES, 0, sum));
    byte[] file = new byte[FileHeader.BYTES + TableFormat.FOOTER_BYTES];
    TableModel.HEADER.write(file);
    byte[] footer = format.footer(handles, FileHeader.BYTES);
    System.arraycopy(footer, 0, file, FileHeader.BYTES, footer.length);
    return file;
  }
}
