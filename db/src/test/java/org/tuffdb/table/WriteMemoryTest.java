package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.MemoryFileSystem;

/// What is kept from one table to the next.
class WriteMemoryTest {
  private static final int KEPT_MAX = 1 << 19;

  /// So that nothing is kept at first.
  @BeforeEach
  void takeWhatIsKept() {
    for (int i = 0; i < 8; i++) {
      WriteMemory _ = WriteMemory.take();
    }
  }

  @Test
  void theNextWriterGetsWhatTheLastOneHad() {
    WriteMemory memory = WriteMemory.take();
    long[] hashes = new long[KEPT_MAX];
    memory.hashes = hashes;
    memory.release();
    assertThat(WriteMemory.take()).isSameAs(memory);
    assertThat(memory.hashes).isSameAs(hashes);
    assertThat(WriteMemory.take()).isNotSameAs(memory);
  }

  @Test
  void theHashesOfALargeTableAreNotKept() {
    WriteMemory memory = WriteMemory.take();
    memory.hashes = new long[KEPT_MAX + 1];
    memory.release();
    assertThat(WriteMemory.take().hashes).hasSizeLessThan(KEPT_MAX);
  }

  @Test
  void aWriterGivesItsMemoryBackOnce() throws IOException {
    TableWriter writer =
        TableWriter.create(
            new MemoryFileSystem(),
            TableModel.PATH,
            TableModel.HEADER,
            new TableOptions(4096, 10, BlockCompression.NONE));
    for (int i = 0; i < 1500; i++) {
      TableModel.add(writer, "%05d".formatted(i).getBytes(UTF_8), 1, new byte[1]);
    }
    writer.close();
    writer.close();
    assertThat(WriteMemory.take().hashes).as("grown for 1,500 keys").hasSize(2048);
    assertThat(WriteMemory.take().hashes).as("not the same again").hasSize(1024);
  }
}
