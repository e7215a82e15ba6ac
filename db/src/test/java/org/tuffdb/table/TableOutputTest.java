package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.WriteFile;

/// When what is written reaches the file.
class TableOutputTest {
  private static final int MIB = 1 << 20;

  /// Notes what it is told to do, and keeps what is written.
  private static final class NotedFile implements WriteFile {
    final List<String> calls = new ArrayList<>();
    final byte[] content = new byte[17 * MIB];

    @Override
    public void write(long position, byte[] bytes, int offset, int length) {
      calls.add("write %d at %d".formatted(length, position));
      System.arraycopy(bytes, offset, content, (int) position, length);
    }

    @Override
    public void store(long position, byte[] bytes, int offset, int length) {
      throw new AssertionError("a new file has nothing to write over");
    }

    @Override
    public void sync() {
      calls.add("sync");
    }

    @Override
    public void writeBack() {
      calls.add("write back");
    }

    @Override
    public long sizeBytes() {
      return content.length;
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  private final NotedFile file = new NotedFile();
  private final WriteMemory memory = WriteMemory.take();

  @Test
  void whatIsWrittenIsGatheredUntilTheSync() throws IOException {
    try (TableOutput output = new TableOutput(file, memory)) {
      output.write(new byte[100], 64);
      output.write(new byte[100], 100);
      assertThat(output.position()).isEqualTo(164);
      assertThat(file.calls).isEmpty();
      output.sync();
      assertThat(output.position()).isEqualTo(164);
    }
    assertThat(file.calls).containsExactly("write 164 at 0", "sync", "close");
  }

  @Test
  void writesAreLargeAndLieAtMultiplesOfTheirSize() throws IOException {
    byte[] bytes = new byte[9 * MIB];
    new Random(1).nextBytes(bytes);
    try (TableOutput output = new TableOutput(file, memory)) {
      output.write(bytes, 10);
      byte[] rest = Arrays.copyOfRange(bytes, 10, bytes.length);
      output.write(rest, rest.length);
      assertThat(output.position()).isEqualTo(bytes.length);
      output.sync();
    }
    assertThat(file.calls)
        .containsExactly(
            "write 4194304 at 0",
            "write 4194304 at 4194304",
            "write 1048576 at 8388608",
            "sync",
            "close");
    assertThat(Arrays.copyOf(file.content, bytes.length)).isEqualTo(bytes);
  }

  @Test
  void whatIsWrittenAlreadyIsNotWrittenAgain() throws IOException {
    try (TableOutput output = new TableOutput(file, memory)) {
      output.write(new byte[4 * MIB], 4 * MIB);
      output.sync();
    }
    assertThat(file.calls).containsExactly("write 4194304 at 0", "sync", "close");
  }

  @Test
  void theFileIsWrittenBackNowAndThen() throws IOException {
    try (TableOutput output = new TableOutput(file, memory)) {
      output.write(new byte[17 * MIB], 17 * MIB);
    }
    assertThat(file.calls.indexOf("write back")).isEqualTo(16 * MIB / (4 * MIB));
    assertThat(file.calls).containsOnlyOnce("write back");
  }

  /// The next table is gathered in it.
  @Test
  void memoryThatHasGrownIsKept() throws IOException {
    memory.output = new byte[1024];
    try (TableOutput output = new TableOutput(file, memory)) {
      output.write(new byte[1024], 1024);
      assertThat(memory.output).hasSize(4096);
      assertThat(file.calls).isEmpty();
    }
  }
}
