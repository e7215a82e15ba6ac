package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// The memory in which blocks are checked.
class ScratchTest {
  @Test
  void whatIsReleasedIsTakenAgain() {
    BlockReader.Scratch first = BlockReader.Scratch.take();
    first.release();
    assertThat(BlockReader.Scratch.take()).isSameAs(first);
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
}
