package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.fs.MemoryFileSystem;

/// When the writer ends a block, what it compresses, and how large it says that the table is.
class TableSizesTest {
  private static final int COMPRESSED_MAX = 16 << 20;

  private static TableOptions options(int blockBytes, BlockCompression compression) {
    return new TableOptions(blockBytes, 0, compression);
  }

  private static TableWriter create(MemoryFileSystem files, TableOptions options)
      throws IOException {
    return TableWriter.create(files, TableModel.PATH, TableModel.HEADER, options);
  }

  /// What a table of such entries says of itself, their keys being `a`, `b` and so on.
  private static TableProperties written(TableOptions options, byte[]... values)
      throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (TableWriter writer = create(files, options)) {
      for (int i = 0; i < values.length; i++) {
        TableModel.add(writer, new byte[] {(byte) ('a' + i)}, 5, values[i]);
      }
      writer.finish();
    }
    return properties(files);
  }

  private static TableProperties properties(MemoryFileSystem files) throws IOException {
    try (TableFile file = TableFile.open(files, TableModel.PATH, TableModel.HEADER.number())) {
      return file.properties();
    }
  }

  private static byte[] random(int length, int randomBytes) {
    byte[] value = new byte[randomBytes];
    new Random(1).nextBytes(value);
    return Arrays.copyOf(value, length);
  }

  @Test
  void aBlockMayBeAsLargeAsTheOptionsSayWithItsChecksum() throws IOException {
    byte[][] values = {new byte[20], new byte[20], new byte[20]};
    int together = (int) written(options(4096, BlockCompression.NONE), values).storedBytes();
    assertThat(written(options(together, BlockCompression.NONE), values).blocks()).isEqualTo(1);
    assertThat(written(options(together - 1, BlockCompression.NONE), values).blocks()).isEqualTo(2);
  }

  @Test
  void aLargeEntryHasABlockOfItsOwn() throws IOException {
    byte[][] values = {new byte[1], new byte[500], new byte[1]};
    assertThat(written(options(64, BlockCompression.NONE), values).blocks()).isEqualTo(3);
  }

  @Test
  void theLongestKeyIsWritten() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (TableWriter writer = create(files, options(64, BlockCompression.NONE))) {
      TableModel.add(writer, new byte[BatchFormat.KEY_BYTES_MAX], 0, new byte[0]);
      writer.finish();
    }
    assertThat(properties(files).keyBytes()).isEqualTo(BatchFormat.KEY_BYTES_MAX);
  }

  @Test
  void aBlockThatIsNotSmallerByAnEighthIsStoredAsItIs() throws IOException {
    boolean anEighthIsEnough = false;
    for (int length = 500; length < 505; length++) {
      for (int randomBytes = length - 85; randomBytes < length - 60; randomBytes++) {
        TableProperties p =
            written(options(4096, BlockCompression.LZ4), random(length, randomBytes));
        long saved = p.rawBytes() - (p.storedBytes() - TableFormat.TRAILER_BYTES);
        assertThat(saved).matches(bytes -> bytes == 0 || bytes >= p.rawBytes() / 8);
        anEighthIsEnough |= saved == p.rawBytes() / 8;
      }
    }
    assertThat(anEighthIsEnough).isTrue();
  }

  @Test
  void whatCannotBeCompressedIsStoredAsItIs() throws IOException {
    TableProperties p = written(options(4096, BlockCompression.LZ4), random(512, 512));
    assertThat(p.storedBytes()).isEqualTo(p.rawBytes() + TableFormat.TRAILER_BYTES);
  }

  @Test
  void aHugeBlockIsNotCompressed() throws IOException {
    TableOptions options = options(4096, BlockCompression.LZ4);
    int overhead = Block.HEADER_BYTES + Long.BYTES + 1;
    TableProperties large = written(options, new byte[COMPRESSED_MAX - overhead]);
    assertThat(large.rawBytes()).isEqualTo(COMPRESSED_MAX);
    assertThat(large.storedBytes()).isLessThan(COMPRESSED_MAX / 100);
    TableProperties huge = written(options, new byte[COMPRESSED_MAX - overhead + 1]);
    assertThat(huge.storedBytes()).isEqualTo(COMPRESSED_MAX + 1 + TableFormat.TRAILER_BYTES);
  }

  @Test
  void anEmptyTableIsAHeaderAndAFooterAndLittleMore() throws IOException {
    try (TableWriter writer = create(new MemoryFileSystem(), options(64, BlockCompression.NONE))) {
      int least = FileHeader.BYTES + TableFormat.FOOTER_BYTES;
      assertThat(writer.sizeBytes()).isBetween((long) least, least + 64L);
    }
  }

  @Test
  void theBlockThatIsGatheredCounts() throws IOException {
    try (TableWriter writer =
        create(new MemoryFileSystem(), options(4096, BlockCompression.NONE))) {
      long empty = writer.sizeBytes();
      TableModel.add(writer, new byte[] {'a'}, 5, new byte[1000]);
      assertThat(writer.sizeBytes() - empty).isBetween(1001L, 1100L);
      TableModel.add(writer, new byte[] {'b'}, 5, new byte[1000]);
      assertThat(writer.sizeBytes() - empty).isBetween(2002L, 2100L);
    }
  }

  @Test
  void theFilterCounts() throws IOException {
    long[] sizes = new long[2];
    MemoryFileSystem files = new MemoryFileSystem();
    for (int i = 0; i < sizes.length; i++) {
      files = new MemoryFileSystem();
      TableOptions options = new TableOptions(4096, i * 10, BlockCompression.NONE);
      try (TableWriter writer = create(files, options)) {
        for (int key = 0; key < 1000; key++) {
          TableModel.add(writer, "%04d".formatted(key).getBytes(UTF_8), 5, new byte[1]);
        }
        sizes[i] = writer.sizeBytes();
        writer.finish();
      }
    }
    assertThat(sizes[1] - sizes[0]).isEqualTo(properties(files).filterBytes()).isPositive();
  }
}
