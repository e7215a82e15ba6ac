package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

class BlockIndexTest {
  /// To make it anew holds up every miss, and each flush and compaction sets the size.
  @Test
  void aSizeThatNeedsNoOtherLengthChangesNothing() throws ReflectiveOperationException {
    BlockIndex index = new BlockIndex(new CacheSlots(512));
    Object none = heads(index);
    index.resize(0);
    assertThat(heads(index)).isSameAs(none);
    index.resize(1_000);
    Object heads = heads(index);
    index.resize(1_000);
    index.resize(1_001);
    assertThat(heads(index)).isSameAs(heads);
    index.resize(10_000);
    assertThat(heads(index)).isNotSameAs(heads);
    index.resize(0);
    assertThat(index.isMade()).isFalse();
  }

  private static Object heads(BlockIndex index) throws ReflectiveOperationException {
    Field heads = BlockIndex.class.getDeclaredField("heads");
    heads.setAccessible(true);
    return heads.get(index);
  }
}
