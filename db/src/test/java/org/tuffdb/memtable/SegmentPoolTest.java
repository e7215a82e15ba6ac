package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {
  private final SegmentPool pool = new SegmentPool(1_000);

  @Test
  void countsWhatIsLentAndWhatIsKept() {
    MemorySegment a = pool.take(640, 640);
    MemorySegment b = pool.take(576, 576);
    assertThat(pool.lentBytes()).isEqualTo(640 + 576);
    pool.give(a);
    assertThat(pool.lentBytes()).isEqualTo(576);
    assertThat(pool.keptBytes()).isEqualTo(640);
    pool.give(b); // more than is kept
    assertThat(pool.lentBytes()).isZero();
    assertThat(pool.keptBytes()).isEqualTo(640);
  }

  @Test
  void lendsAKeptSegmentOfFittingSize() {
    MemorySegment kept = pool.take(640, 640);
    pool.give(kept);
    assertThat(pool.take(64, 576)).isNotSameAs(kept);
    assertThat(pool.take(704, 2_000)).isNotSameAs(kept);
    assertThat(pool.take(64, 640)).isSameAs(kept);
    assertThat(pool.keptBytes()).isZero();
  }

  @Test
  void keepsRatherLargeSegmentsThanSmallOnes() {
    MemorySegment large = pool.take(640, 640);
    MemorySegment small = pool.take(64, 64);
    pool.give(small);
    pool.give(large);
    pool.trim(640);
    assertThat(pool.keptBytes()).isEqualTo(640);
    assertThat(pool.take(640, 640)).isSameAs(large);
  }

  @Test
  void preparesOneBesideSmallerSegments() {
    pool.give(pool.take(64, 64));
    pool.prepare(640);
    assertThat(pool.keptBytes()).isEqualTo(64 + 640);
    pool.prepare(640); // one is there
    pool.prepare(960); // more than is kept
    assertThat(pool.keptBytes()).isEqualTo(64 + 640);
  }

  @Test
  void refusesWhatItHasNotLent() {
    MemorySegment lent = pool.take(64, 64);
    pool.give(lent);
    assertThatThrownBy(() -> pool.give(lent)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pool.give(MemorySegment.ofArray(new byte[64])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void forgottenSegmentsCountUntilNobodyReachesThem() {
    List<MemorySegment> held = new ArrayList<>();
    held.add(pool.take(1 << 20, 1 << 20).asSlice(8, 8));
    collectGarbage();
    assertThat(pool.lentBytes()).isEqualTo(1 << 20);
    held.remove(0);
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (pool.lentBytes() > 0 && System.nanoTime() < deadline) {
      collectGarbage();
    }
    assertThat(pool.lentBytes()).isZero();
    assertThat(held).isEmpty();
  }

  private static void collectGarbage() {
    WeakReference<Object> marker = new WeakReference<>(new Object());
    while (marker.get() != null) {
      System.gc();
    }
  }
}
