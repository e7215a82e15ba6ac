package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class BlockMemoryTest {
  private static final int KEPT_MAX = 1 << 20;

  private final BlockMemory memory = BlockMemory.ofThread();

  @Test
  void whatIsTooSmallIsFreedWhenMoreIsNeeded() {
    MemorySegment small = memory.atLeast(100);
    assertThat(memory.atLeast(100)).isSameAs(small);
    MemorySegment large = memory.atLeast(1000);
    assertThat(small.scope().isAlive()).isFalse();
    assertThat(large.byteSize()).isGreaterThanOrEqualTo(1000);
    memory.close();
    assertThat(large.scope().isAlive()).isFalse();
  }

  @Test
  void onlyLargeMemoryIsNotKept() {
    MemorySegment kept = memory.atLeast(KEPT_MAX);
    memory.reuse();
    assertThat(memory.atLeast(KEPT_MAX)).isSameAs(kept);
    MemorySegment large = memory.atLeast(KEPT_MAX + 1);
    memory.reuse();
    assertThat(large.scope().isAlive()).isFalse();
  }
}
