package org.tuffdb.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;

/// One writer, and readers who check everything they see. Each value is a function of key and
/// sequence, so that a torn entry shows. What has become visible must be found, in order and
/// complete.
class MemtableConcurrencyTest {
  private static final long SEED = 20261122;
  private static final int READERS = 3;
  private static final long ROUND_NANOS = 60_000_000;
  private static final int ROUNDS = 5;

  /// Which key the entry of each sequence has.
  enum KeyOrder {
    RANDOM {
      @Override
      long number(long sequence) {
        return mix(sequence);
      }
    },
    FEW_KEYS {
      @Override
      long number(long sequence) {
        return mix(sequence) & 0xff;
      }
    },
    ASCENDING {
      @Override
      long number(long sequence) {
        return sequence;
      }
    },
    DESCENDING {
      @Override
      long number(long sequence) {
        return -sequence;
      }
    },
    ONE_KEY {
      @Override
      long number(long sequence) {
        return 7;
      }
    };

    abstract long number(long sequence);

    /// With a prefix longer than a word, which a few keys leave.
    byte[] key(long sequence) {
      byte[] key = new byte[20];
      ByteBuffer.wrap(key).putLong(0x0101010101010101L).putInt(5).putLong(number(sequence));
      if ((mix(sequence + 1) & 0x3ff) == 0) {
        key[0] = (byte) mix(sequence + 2);
      }
      return key;
    }
  }

  private final SegmentPool pool = new SegmentPool(0);

  private static final class Run {
    final KeyOrder keys;
    final Memtable memtable;
    volatile long visible;
    volatile boolean done;

    Run(KeyOrder keys, Memtable memtable) {
      this.keys = keys;
      this.memtable = memtable;
    }
  }

  @ParameterizedTest
  @EnumSource
  void readersSeeAllThatIsVisibleAndNothingTorn(KeyOrder keys) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int round = 0; round < ROUNDS; round++) {
        Run run = new Run(keys, new Memtable(pool, 16 << 20, 0));
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          Random random = new Random(SEED + 31L * round + i);
          readers.add(threads.submit(() -> read(run, random)));
        }
        write(run);
        for (Future<?> reader : readers) {
          reader.get();
        }
        checkAll(run.memtable.cursor(), run.visible);
      }
    }
  }

  private static void write(Run run) {
    long end = System.nanoTime() + ROUND_NANOS;
    byte[] source = new byte[28];
    long sequence = 0;
    while (System.nanoTime() < end && run.memtable.hasRoom(Memtable.entryBytesMax(20, 8))) {
      for (int i = 0; i < 8; i++) { // a group becomes visible as one
        byte[] key = run.keys.key(++sequence);
        System.arraycopy(key, 0, source, 0, 20);
        ByteBuffer.wrap(source).putLong(20, value(key, sequence));
        run.memtable.reserve(Memtable.entryBytesMax(20, 8));
        run.memtable.put(sequence, Kind.PUT, source, 0, 20, 20, 8);
      }
      run.visible = sequence;
    }
    run.done = true;
  }

  private static void read(Run run, Random random) {
    EntryCursor cursor = run.memtable.cursor();
    while (!run.done) {
      long visible = run.visible;
      if (visible == 0) {
        continue;
      }
      for (int i = 0; i < 50; i++) {
        long wanted = 1 + random.nextLong(visible);
        checkFind(run, wanted, visible);
        checkSeek(run, cursor, wanted, random);
      }
      if (random.nextInt(50) == 0) {
        checkAll(cursor, visible);
      }
    }
  }

  private static void checkFind(Run run, long wanted, long visible) {
    byte[] key = run.keys.key(wanted);
    Found found = new Found();
    boolean there = run.memtable.find(key, Hash.of(key), visible, found);
    assertThat(there).as("key of %s at %s", wanted, visible).isTrue();
    assertThat(found.sequence()).isBetween(wanted, visible);
    assertThat(found.segment().get(BIG_ENDIAN_LONG, found.valueOffset()))
        .isEqualTo(value(key, found.sequence()));
    there = run.memtable.find(key, Hash.of(key), wanted, found);
    assertThat(there).as("key of %s at itself", wanted).isTrue();
    assertThat(found.sequence()).isEqualTo(wanted);
  }

  private static void checkSeek(Run run, EntryCursor cursor, long wanted, Random random) {
    assertThat(cursor.seek(run.keys.key(wanted), wanted)).isTrue();
    assertThat(cursor.sequence()).isEqualTo(wanted);
    boolean forwards = random.nextBoolean();
    byte[] last = checkedKey(cursor);
    long lastSequence = wanted;
    for (int i = 0; i < 100 && (forwards ? cursor.next() : cursor.previous()); i++) {
      byte[] key = checkedKey(cursor);
      checkOrder(last, lastSequence, key, cursor.sequence(), forwards);
      last = key;
      lastSequence = cursor.sequence();
    }
  }

  /// All that is visible is there once.
  private static void checkAll(EntryCursor cursor, long visible) {
    long count = 0;
    long sum = 0;
    byte[] last = {};
    long lastSequence = 0;
    for (boolean there = cursor.first(); there; there = cursor.next()) {
      byte[] key = checkedKey(cursor);
      checkOrder(last, lastSequence, key, cursor.sequence(), true);
      last = key;
      lastSequence = cursor.sequence();
      if (lastSequence <= visible) {
        count++;
        sum += lastSequence;
      }
    }
    assertThat(count).isEqualTo(visible);
    assertThat(sum).isEqualTo(visible * (visible + 1) / 2);
    for (boolean there = cursor.last(); there; there = cursor.previous()) {
      if (cursor.sequence() <= visible) {
        count--;
        sum -= cursor.sequence();
      }
    }
    assertThat(count).isZero();
    assertThat(sum).isZero();
  }

  private static void checkOrder(
      byte[] last, long lastSequence, byte[] key, long sequence, boolean forwards) {
    int order =
        MemtableModel.InternalKey.ORDER.compare(
            new MemtableModel.InternalKey(last, lastSequence),
            new MemtableModel.InternalKey(key, sequence));
    assertThat(order).isNotZero();
    assertThat(order < 0).isEqualTo(forwards);
  }

  private static byte[] checkedKey(EntryCursor cursor) {
    byte[] key = MemtableModel.bytes(cursor.segment(), cursor.keyOffset(), cursor.keyLength());
    long value = cursor.segment().get(BIG_ENDIAN_LONG, cursor.valueOffset());
    assertThat(value).isEqualTo(value(key, cursor.sequence()));
    return key;
  }

  private static final ValueLayout.OfLong BIG_ENDIAN_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static long value(byte[] key, long sequence) {
    return mix(Arrays.hashCode(key)) ^ sequence;
  }

  private static long mix(long number) {
    long mixed = number * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
    return mixed ^ mixed >>> 32;
  }
}
