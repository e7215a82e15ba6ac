package org.tuffdb.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.RangeDeletes.RangeDelete;

/// Compares with a list of the range deletes that is gone through for each key.
class RangeDeletesTest {
  private static final long SEED = 20261122;
  private static final int ROUNDS = 300;
  private static final byte[] LETTERS = {0, 1, 0x7f, (byte) 0x80, (byte) 0xff};
  private static final List<byte[]> KEYS = keys();
  private static final byte[] END = {};

  /// All words of up to three letters.
  private static List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>(List.of(new byte[0]));
    for (int i = 0; keys.get(i).length < 3; i++) {
      for (byte letter : LETTERS) {
        byte[] longer = Keys.successor(keys.get(i));
        longer[longer.length - 1] = letter;
        keys.add(longer);
      }
    }
    return keys;
  }

  private static byte[] key(Random random) {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  /// With rising sequences. Some are empty or the wrong way round, some begin or end where another
  /// one does, in the same array or in one like it.
  private static List<RangeDelete> deletes(Random random) {
    List<RangeDelete> deletes = new ArrayList<>();
    List<byte[]> bounds = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      bounds.add(key(random));
    }
    int count = random.nextInt(12);
    for (int sequence = 10; deletes.size() < count; sequence += 1 + random.nextInt(3)) {
      byte[] start = random.nextInt(8) == 0 ? key(random) : bounds.get(random.nextInt(6));
      byte[] limit = random.nextInt(8) == 0 ? END : bounds.get(random.nextInt(6));
      deletes.add(new RangeDelete(start, random.nextBoolean() ? limit : limit.clone(), sequence));
    }
    return deletes;
  }

  private static boolean covers(RangeDelete delete, byte[] key) {
    return Arrays.compareUnsigned(delete.start(), key) <= 0 && Keys.isBelow(key, delete.limit());
  }

  private static long newest(List<RangeDelete> deletes, byte[] key, long sequence) {
    long newest = 0;
    for (RangeDelete delete : deletes) {
      if (covers(delete, key) && delete.sequence() <= sequence) {
        newest = Math.max(newest, delete.sequence());
      }
    }
    return newest;
  }

  private static void check(RangeDeletes actual, List<RangeDelete> expected, String round) {
    for (byte[] key : KEYS) {
      for (long sequence = 8; sequence < 40; sequence += 3) {
        assertThat(actual.newest(key, sequence))
            .as("%s: %s at %s", round, Arrays.toString(key), sequence)
            .isEqualTo(newest(expected, key, sequence));
      }
    }
  }

  @Test
  void findsTheNewestOverAKey() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<RangeDelete> deletes = deletes(random);
      List<RangeDelete> shuffled = new ArrayList<>(deletes);
      Collections.shuffle(shuffled, random);
      RangeDeletes all = RangeDeletes.of(shuffled);
      check(all, deletes, "round " + round);
      assertThat(all.count()).isEqualTo(deletes.size());
      assertThat(all.isEmpty()).isEqualTo(deletes.isEmpty());
    }
  }

  @Test
  void grows() {
    for (int round = 0; round < ROUNDS; round++) {
      List<RangeDelete> deletes = deletes(new Random(SEED + round));
      List<RangeDeletes> grown = new ArrayList<>(List.of(RangeDeletes.NONE));
      for (RangeDelete delete : deletes) {
        grown.add(grown.getLast().with(delete));
      }
      for (int count = 0; count <= deletes.size(); count++) { // the smaller ones did not change
        check(grown.get(count), deletes.subList(0, count), "round " + round + ", first " + count);
        assertThat(grown.get(count).count()).isEqualTo(count);
      }
      checkSame(grown.getLast().skyline(), RangeDeletes.of(deletes).skyline());
    }
  }

  private static void checkSame(Skyline actual, Skyline expected) {
    assertThat(actual.pieces()).isEqualTo(expected.pieces());
    for (int piece = 0; piece < actual.pieces(); piece++) {
      assertThat(actual.start(piece)).isEqualTo(expected.start(piece));
      assertThat(actual.limit(piece)).isEqualTo(expected.limit(piece));
      assertThat(actual.sequence(piece)).isEqualTo(expected.sequence(piece));
    }
  }

  @Test
  void findsTheNewestOverAKeyInASegment() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(32);
      for (int round = 0; round < ROUNDS; round++) {
        Random random = new Random(SEED + round);
        RangeDeletes all = RangeDeletes.of(deletes(random));
        for (byte[] key : KEYS) {
          int offset = random.nextInt(20);
          segment.fill((byte) random.nextInt());
          MemorySegment.copy(MemorySegment.ofArray(key), 0, segment, offset, key.length);
          long sequence = random.nextLong(8, 40);
          assertThat(all.newest(segment, offset, key.length, sequence))
              .as("round %s: %s at %s", round, Arrays.toString(key), sequence)
              .isEqualTo(all.newest(key, sequence));
        }
      }
    }
  }

  @Test
  void cutsIntoPiecesWhereTheNewestChanges() {
    for (int round = 0; round < ROUNDS; round++) {
      List<RangeDelete> deletes = deletes(new Random(SEED + round));
      Skyline skyline = RangeDeletes.of(deletes).skyline();
      long before = 0;
      for (int piece = 0; piece < skyline.pieces(); piece++) {
        assertThat(Keys.isBelow(skyline.start(piece), skyline.limit(piece)))
            .as("round %s", round)
            .isTrue();
        assertThat(skyline.sequence(piece)).as("round %s", round).isNotEqualTo(before);
        before = skyline.sequence(piece);
      }
      for (byte[] key : KEYS) {
        int piece = skyline.piece(key);
        assertThat(piece < 0 ? 0 : skyline.sequence(piece))
            .as("round %s: %s", round, Arrays.toString(key))
            .isEqualTo(newest(deletes, key, Long.MAX_VALUE));
      }
    }
  }

  @Test
  void clips() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<RangeDelete> deletes = deletes(random);
      byte[] start = key(random);
      byte[] limit = random.nextInt(4) == 0 ? END : key(random);
      List<RangeDelete> within = RangeDeletes.of(deletes).within(start, limit);
      List<RangeDelete> expected = new ArrayList<>();
      for (RangeDelete delete : deletes) {
        expected.add(clip(delete, start, limit));
      }
      check(RangeDeletes.of(within), expected, "round " + round);
      for (RangeDelete clipped : within) {
        assertThat(Keys.isBelow(clipped.start(), clipped.limit())).as("round %s", round).isTrue();
      }
    }
  }

  private static RangeDelete clip(RangeDelete delete, byte[] start, byte[] limit) {
    byte[] from = Arrays.compareUnsigned(delete.start(), start) < 0 ? start : delete.start();
    return new RangeDelete(from, Keys.lowerLimit(delete.limit(), limit), delete.sequence());
  }

  /// The pieces of many tables come together when these are merged.
  @Test
  void staysTheSameWhenPutTogetherFromItsPieces() {
    for (int round = 0; round < ROUNDS; round++) {
      RangeDeletes all = RangeDeletes.of(deletes(new Random(SEED + round)));
      List<RangeDelete> pieces = all.within(new byte[0], END);
      Collections.shuffle(pieces, new Random(round));
      RangeDeletes again = RangeDeletes.of(pieces);
      for (byte[] key : KEYS) {
        for (long sequence = 8; sequence < 40; sequence += 3) {
          assertThat(again.newest(key, sequence))
              .as("round %s", round)
              .isEqualTo(all.newest(key, sequence));
        }
      }
    }
  }

  /// As when two tables hold the same one, cut differently.
  @Test
  void piecesHaveEachDeleteOnce() {
    for (int round = 0; round < ROUNDS; round++) {
      List<RangeDelete> deletes = deletes(new Random(SEED + round));
      List<RangeDelete> twice = new ArrayList<>(deletes);
      twice.addAll(deletes);
      checkSame(RangeDeletes.of(twice).skyline(), RangeDeletes.of(deletes).skyline());
    }
  }

  /// As when a queue is cut off behind its readers.
  @Test
  void deletesOverEachOtherCostNoMoreThanOne() {
    RangeDeletes growing = RangeDeletes.NONE;
    RangeDeletes repeated = RangeDeletes.NONE;
    for (int i = 1; i <= 100; i++) {
      growing = growing.with(new RangeDelete(new byte[0], new byte[] {(byte) i}, i));
      repeated = repeated.with(new RangeDelete(new byte[] {1}, new byte[] {2}, i));
      assertThat(growing.skyline().pieces()).isEqualTo(2);
      assertThat(repeated.skyline().pieces()).isEqualTo(2);
    }
  }

  @Test
  void nothingDeletesNothing() {
    assertThat(RangeDeletes.of(List.of())).isSameAs(RangeDeletes.NONE);
    assertThat(RangeDeletes.NONE.isEmpty()).isTrue();
    assertThat(RangeDeletes.NONE.newest(new byte[1], Long.MAX_VALUE)).isZero();
    assertThat(RangeDeletes.NONE.within(new byte[0], END)).isEmpty();
  }
}
