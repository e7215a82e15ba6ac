package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.fs.MemoryFileSystem;

/// The memory that blocks are checked and decompressed in is kept from one block to the next.
class BlockScratchTest {
  private static final byte[] KEY = {'a'};

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final TableModel model = new TableModel();

  /// What this thread takes from now on when it reads a block, and gives back.
  private static BlockReader.Scratch kept() {
    BlockReader.Scratch scratch = BlockReader.Scratch.take();
    scratch.release();
    return scratch;
  }

  @Test
  void onlyOneHasItAtATime() {
    BlockReader.Scratch kept = kept();
    assertThat(BlockReader.Scratch.take()).isSameAs(kept);
    assertThat(BlockReader.Scratch.take()).isNotSameAs(kept);
  }

  @Test
  void threadsThatReadAtTheSameTimeKeepTheirOwn() throws Exception {
    BlockReader.Scratch mine = BlockReader.Scratch.take();
    try (ExecutorService other = threadBeside(Thread.currentThread())) {
      BlockReader.Scratch others = other.submit(BlockReader.Scratch::take).get();
      mine.release();
      other.submit(others::release).get();
      assertThat(BlockReader.Scratch.take()).isSameAs(mine);
      assertThat(other.submit(BlockReader.Scratch::take).get()).isSameAs(others);
    }
  }

  /// A thread whose number does not end like that of `thread`: such two share.
  private static ExecutorService threadBeside(Thread thread) throws Exception {
    ExecutorService beside = Executors.newSingleThreadExecutor();
    long number = beside.submit(() -> Thread.currentThread().threadId()).get();
    if ((number - thread.threadId()) % BlockReader.Scratch.SPARES != 0) {
      return beside;
    }
    beside.close();
    return threadBeside(thread);
  }

  @ParameterizedTest
  @EnumSource
  void everyReadGivesItBack(BlockCompression compression) throws IOException {
    model.put(KEY, 5, new byte[1000]);
    TableInfo info = model.write(files, new TableOptions(512, 0, compression));
    for (Access reading : Access.values()) {
      for (int slotBytes : new int[] {64, 4096}) {
        requireKept(info, reading, new BlockCache(1 << 16, slotBytes));
      }
    }
  }

  private void requireKept(TableInfo info, Access reading, BlockCache cache) throws IOException {
    BlockReader.Scratch kept = kept();
    try (Table table = Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, cache)) {
      model.assertFinds(table, KEY, 9);
      assertThat(table.block(0).entries()).isEqualTo(1);
    }
    assertThat(BlockReader.Scratch.take()).isSameAs(kept);
    cache.close();
  }

  @ParameterizedTest
  @EnumSource
  void thatOfAHugeBlockIsNotKept(BlockCompression compression) throws IOException {
    model.put(KEY, 5, new byte[(1 << 20) + 100]);
    TableInfo info = model.write(files, new TableOptions(512, 0, compression));
    BlockCache cache = new BlockCache(0, 4096);
    BlockReader.Scratch kept = kept();
    try (Table table =
        Table.open(files, TableModel.PATH, info, TableModel.STORE, Access.MAPPED, cache)) {
      model.assertFinds(table, KEY, 9);
    }
    assertThat(BlockReader.Scratch.take()).isNotSameAs(kept);
  }
}
