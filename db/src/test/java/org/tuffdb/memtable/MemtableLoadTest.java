package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;

/// Memtables that get a part of their entries in any order, to be sorted all at once.
class MemtableLoadTest {
  private static final long SEED = 20261126;

  private final SegmentPool pool = new SegmentPool(8 << 20);

  @ParameterizedTest
  @EnumSource
  void holdsWhatTheModelHoldsAndGoesOn(KeyShape shape) {
    for (int count : new int[] {0, 1, 2, 63, 64, 65, 129, 300, 5_000, 60_000}) {
      Random random = new Random(SEED + count);
      MemtableModel both = new MemtableModel(pool, 64 << 20);
      int loaded = Math.min(count, shape.countMax() / 2);
      both.beginLoading();
      put(both, shape, random, 0, loaded);
      both.endLoading();
      check(both, random);
      put(both, shape, random, loaded, 2 * loaded);
      check(both, random);
    }
  }

  private static void put(MemtableModel both, KeyShape shape, Random random, int from, int to) {
    for (int i = from; i < to; i++) {
      both.putRandom(random, shape.key(random, i), 30);
    }
  }

  private static void check(MemtableModel both, Random random) {
    both.checkForwards();
    both.checkBackwards();
    both.checkMemory();
    List<byte[]> keys = both.model.keySet().stream().map(k -> k.key).toList();
    for (int i = 0; i < Math.min(keys.size(), 2_000); i++) {
      byte[] key = keys.get(random.nextInt(keys.size())).clone();
      both.checkFind(key, Long.MAX_VALUE >>> 8);
      both.checkFind(key, random.nextLong(both.sequence + 2));
      key[random.nextInt(key.length)]++;
      both.checkFind(key, both.sequence);
    }
  }

  @Test
  void largeValuesGoBesideSmallOnes() {
    Random random = new Random(SEED);
    MemtableModel both = new MemtableModel(pool, 64 << 20);
    both.beginLoading();
    for (int i = 0; i < 200; i++) {
      both.putRandom(random, KeyShape.RANDOM_16.key(random, i), i % 10 == 0 ? 600_000 : 30);
    }
    both.endLoading();
    check(both, random);
  }

  @Test
  void nothingIsFoundBeforeItHasItsOrder() {
    MemtableModel both = new MemtableModel(pool, 64 << 20);
    byte[] key = {1};
    both.beginLoading();
    both.put(key, Kind.PUT, new byte[] {2});
    assertThat(both.memtable.find(key, Hash.of(key), 1, new Found())).isFalse();
    assertThat(both.memtable.isEmpty()).isFalse();
    both.endLoading();
    both.checkFind(key, 1);
  }
}
