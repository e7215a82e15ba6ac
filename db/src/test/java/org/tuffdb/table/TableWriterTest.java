package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.MemoryFileSystem;

class TableWriterTest {
  private static final MemorySegment BYTES = MemorySegment.ofArray(new byte[1000]).asReadOnly();

  @Test
  void whatCannotBeReadIsNotWritten() throws IOException {
    try (TableWriter writer = create()) {
      refused(writer, 0, 1, 1, Kind.PUT);
      refused(writer, BatchFormat.KEY_BYTES_MAX + 1, 1, 1, Kind.PUT);
      refused(writer, 1, -1, 1, Kind.PUT);
      refused(writer, 1, BatchFormat.VALUE_BYTES_MAX + 1, 1, Kind.PUT);
      refused(writer, 1, 1, -1, Kind.PUT);
      refused(writer, 1, 1, 1, Kind.MERGE);
      assertThat(writer.entries()).isZero();
    }
  }

  @Test
  void aRangeDeleteCoversSomething() throws IOException {
    byte[] a = {'a'};
    byte[] b = {'b'};
    try (TableWriter writer = create()) {
      for (RangeDelete delete :
          List.of(new RangeDelete(a, b, -1), new RangeDelete(a, a, 1), new RangeDelete(b, a, 1))) {
        assertThatThrownBy(() -> writer.addRangeDeletes(List.of(delete)))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  /// Keys with much in common, one to a block: the fences outweigh the blocks by far.
  @Test
  void theSizeCountsTheFences() throws IOException {
    byte[] key = new byte[60_000];
    MemorySegment entry = MemorySegment.ofArray(key);
    try (TableWriter writer = create(BlockCompression.LZ4)) {
      for (int i = 0; i < 200; i++) {
        LittleEndian.putInt(key, key.length - 4, Integer.reverseBytes(i));
        writer.add(entry, 0, key.length, key.length, 0, 1, Kind.PUT);
      }
      assertThat(writer.sizeBytes()).isGreaterThan(11_000_000);
      assertThat(writer.finish().sizeBytes()).isLessThan(11_000_000);
    }
  }

  @Test
  void anEmptyTableIsNone() throws IOException {
    try (TableWriter writer = create()) {
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }
  }

  private static TableWriter create() throws IOException {
    return create(BlockCompression.NONE);
  }

  private static TableWriter create(BlockCompression compression) throws IOException {
    return TableWriter.create(
        new MemoryFileSystem(),
        TableModel.PATH,
        TableModel.HEADER,
        new TableOptions(4096, 10, compression));
  }

  private static void refused(
      TableWriter writer, int keyLength, int valueLength, long sequence, byte kind) {
    assertThatThrownBy(() -> writer.add(BYTES, 0, keyLength, 10, valueLength, sequence, kind))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds no entry");
  }
}
