package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.MemoryFileSystem;

/// What holds once a table is finished.
class TableFinishTest {
  private final MemoryFileSystem files = new MemoryFileSystem();

  private TableWriter create(BlockCompression compression) throws IOException {
    TableWriter writer =
        TableWriter.create(
            files, TableModel.PATH, TableModel.HEADER, new TableOptions(4096, 10, compression));
    TableModel.add(writer, new byte[] {'a'}, 5, new byte[100]);
    return writer;
  }

  @Test
  void theFileIsClosed() throws IOException {
    TableInfo info = create(BlockCompression.NONE).finish();
    files.assertNothingOpen();
    TableModel.verify(files, TableModel.PATH, info, _ -> {});
  }

  @Test
  void aWriterThatIsClosedClosesItsFile() throws IOException {
    create(BlockCompression.NONE).close();
    files.assertNothingOpen();
  }

  @Test
  void theTableSurvivesAPowerCut() throws IOException {
    TableInfo info = create(BlockCompression.NONE).finish();
    try (Directory directory = files.openDirectory(Path.of("/"))) {
      directory.sync();
    }
    long outcomes =
        files.forEachCrash(
            100, crashed -> TableModel.verify(crashed, TableModel.PATH, info, _ -> {}));
    assertThat(outcomes).isEqualTo(1);
  }

  @Test
  void theInfoSaysWhetherItIsCompressed() throws IOException {
    assertThat(create(BlockCompression.LZ4).finish().isCompressed()).isTrue();
    files.delete(TableModel.PATH);
    assertThat(create(BlockCompression.NONE).finish().isCompressed()).isFalse();
  }

  @Test
  void aRangeDeleteMayBeAsOldAsCanBe() throws IOException {
    try (TableWriter writer = create(BlockCompression.NONE)) {
      writer.addRangeDeletes(List.of(new RangeDelete(new byte[] {'b'}, new byte[0], 0)));
      TableInfo info = writer.finish();
      assertThat(info.oldestSequence()).isZero();
      assertThat(info.newestSequence()).isEqualTo(5);
      assertThat(info.limit()).isEmpty();
    }
  }

  @Test
  void nothingIsFinishedTwice() throws IOException {
    try (TableWriter writer = create(BlockCompression.NONE)) {
      writer.finish();
      assertThatThrownBy(writer::finish).hasMessage("the table is finished");
    }
  }

  @Test
  void nothingIsNoTable() throws IOException {
    try (TableWriter writer =
        TableWriter.create(
            files,
            TableModel.PATH,
            TableModel.HEADER,
            new TableOptions(64, 10, BlockCompression.NONE))) {
      assertThatThrownBy(writer::finish).hasMessage("the table is empty");
    }
  }
}
