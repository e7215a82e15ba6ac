package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the records of slots say, and who may have a slot.
class CacheSlabTest {
  private static final int FIRST = 24;
  private static final int SLOT = FIRST + 2;

  private final CacheSlab slab = new CacheSlab(FIRST, 5, 7, 512);

  @AfterEach
  void free() {
    if (slab.segment().scope().isAlive()) {
      slab.free();
    }
  }

  private void listUnpinned(int slot) {
    slab.take(slot);
    slab.list(slot);
    slab.unpin(slot);
  }

  @Test
  void hasItsSlots() {
    assertThat(slab.first()).isEqualTo(24);
    assertThat(slab.end()).isEqualTo(29);
    assertThat(slab.slots()).isEqualTo(5);
    assertThat(slab.segment().byteSize()).isEqualTo(5 * 512);
    assertThat(slab.memoryBytes()).isEqualTo(5 * (512 + 16) + CacheSlab.OVERHEAD_BYTES);
  }

  @Test
  void aSlotHoldsTheBlockThatItWasAssigned() {
    long key = BlockCache.key(Integer.MAX_VALUE, -5);
    slab.assign(SLOT, key);
    slab.assign(SLOT + 1, BlockCache.key(3, 4));
    assertThat(slab.key(SLOT)).isEqualTo(key);
    assertThat(slab.table(SLOT)).isEqualTo(Integer.MAX_VALUE);
    assertThat(slab.table(SLOT + 1)).isEqualTo(3);
    assertThat(slab.holds(SLOT, key)).isTrue();
    assertThat(slab.holds(SLOT + 1, key)).isFalse();
  }

  @Test
  void aSlotKeepsWhatComesNext() {
    slab.setNext(SLOT, 77);
    slab.setNext(SLOT + 1, 78);
    assertThat(slab.next(SLOT)).isEqualTo(77);
    assertThat(slab.next(SLOT + 1)).isEqualTo(78);
    assertThat(slab.next(SLOT + 2)).isZero();
  }

  @Test
  void onlyAListedSlotCanBePinned() {
    assertThat(slab.isListed(SLOT)).isFalse();
    assertThat(slab.pin(SLOT)).isFalse();
    slab.take(SLOT);
    assertThat(slab.isListed(SLOT)).isFalse();
    assertThat(slab.pin(SLOT)).isFalse();
    slab.list(SLOT);
    assertThat(slab.isListed(SLOT)).isTrue();
    assertThat(slab.pin(SLOT)).isTrue();
    slab.unlist(SLOT);
    assertThat(slab.isListed(SLOT)).isFalse();
    assertThat(slab.pin(SLOT)).isFalse();
  }

  @Test
  void aSlotIsFreeWithTheLastPinAfterItWasUnlisted() {
    listUnpinned(SLOT);
    for (int i = 0; i < 10; i++) {
      slab.pin(SLOT);
    }
    assertThat(slab.unpin(SLOT)).isFalse();
    slab.unlist(SLOT);
    for (int i = 0; i < 8; i++) {
      assertThat(slab.unpin(SLOT)).isFalse();
    }
    assertThat(slab.unpin(SLOT)).isTrue();
  }

  @Test
  void aListedSlotIsNotFreeWithItsLastPin() {
    slab.take(SLOT);
    slab.list(SLOT);
    assertThat(slab.unpin(SLOT)).isFalse();
    assertThatThrownBy(() -> slab.unpin(SLOT)).isInstanceOf(IllegalStateException.class);
    assertThat(slab.isListed(SLOT)).isTrue();
    assertThat(slab.evict(SLOT, false)).isTrue();
  }

  @Test
  void neitherAFreeSlotNorAPinnedOneIsEvicted() {
    assertThat(slab.evict(SLOT, true)).isFalse();
    slab.take(SLOT);
    assertThat(slab.evict(SLOT, true)).isFalse();
    slab.list(SLOT);
    assertThat(slab.evict(SLOT, true)).isFalse();
    slab.unpin(SLOT);
    assertThat(slab.evict(SLOT, true)).isTrue();
    assertThat(slab.isListed(SLOT)).isFalse();
    assertThat(slab.unpin(SLOT)).isTrue();
  }

  @Test
  void aSlotIsSparedOnceForEachUseUpToThree() {
    for (int uses = 0; uses <= 6; uses++) {
      listUnpinned(SLOT);
      use(uses);
      for (int spared = 0; spared < Math.min(uses, 3); spared++) {
        assertThat(slab.evict(SLOT, false)).isFalse();
        assertThat(slab.isListed(SLOT)).isTrue();
      }
      assertThat(slab.evict(SLOT, false)).isTrue();
    }
  }

  private void use(int times) {
    for (int i = 0; i < times; i++) {
      slab.pin(SLOT);
      slab.unpin(SLOT);
    }
  }

  @Test
  void aUsedSlotIsEvictedAnyway() {
    listUnpinned(SLOT);
    use(3);
    assertThat(slab.evict(SLOT, true)).isTrue();
  }

  @Test
  void noPinIsLostAmongThreads() throws ExecutionException, InterruptedException {
    int each = 200_000;
    CyclicBarrier together = new CyclicBarrier(4);
    listUnpinned(SLOT);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        running.add(threads.submit(() -> pin(together, each)));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    }
    for (int i = 0; i < 4 * each; i++) {
      slab.unpin(SLOT);
    }
    assertThatThrownBy(() -> slab.unpin(SLOT)).isInstanceOf(IllegalStateException.class);
  }

  private Void pin(CyclicBarrier together, int times) throws Exception {
    together.await();
    for (int i = 0; i < times; i++) {
      slab.pin(SLOT);
    }
    return null;
  }

  @Test
  void itsMemoryIsGivenBack() {
    slab.free();
    assertThat(slab.segment().scope().isAlive()).isFalse();
  }
}
