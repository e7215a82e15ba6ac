package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// Random operations on a store and on sorted maps must give the same answers: writes, reads,
/// snapshots, cursors both ways over random ranges, several keyspaces, many memtables, closing and
/// opening.
class ModelTest {
  private static final int SEEDS = Integer.getInteger("tuffdb.modelSeeds", 40);
  private static final long FIRST_SEED = Long.getLong("tuffdb.seed", 1);
  private static final int OPERATIONS = 3_000;
  private static final Path DIRECTORY = Path.of("/model");

  @Test
  void theStoreAnswersLikeASortedMap() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      try (Run run = new Run(seed)) {
        run.run();
      } catch (RuntimeException | AssertionError failed) {
        throw new AssertionError("seed " + seed, failed);
      }
    }
    System.out.printf(
        "model: %,d operations, seeds %d to %d%n",
        (long) SEEDS * OPERATIONS, FIRST_SEED, FIRST_SEED + SEEDS - 1);
  }

  /// The content of a store, or of a snapshot of it, by keyspace.
  private record Model(Map<String, NavigableMap<byte[], byte[]>> keyspaces) {
    Model() {
      this(new TreeMap<>());
    }

    NavigableMap<byte[], byte[]> of(String keyspace) {
      return keyspaces.computeIfAbsent(keyspace, name -> new TreeMap<>(Arrays::compareUnsigned));
    }

    Model copy() {
      Model copy = new Model();
      keyspaces.forEach((name, content) -> copy.of(name).putAll(content));
      return copy;
    }
  }

  /// @param snapshot null for the store itself
  private record Taken(@Nullable Snapshot snapshot, Model model) {}

  private static final class Run implements AutoCloseable {
    private static final List<String> KEYSPACES = List.of("default", "a", "b");

    private final SplittableRandom random;
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Model model = new Model();
    private final List<Taken> taken = new ArrayList<>();
    private final int keyBytesMax;
    private final Options options;
    private ManualBackground background = new ManualBackground(new ManualClock());
    private Db db;

    Run(long seed) {
      random = new SplittableRandom(seed);
      keyBytesMax = 1 + random.nextInt(3);
      options =
          Options.builder()
              .memory(256 << 20)
              .memtable(64 << random.nextInt(10, 14))
              .logFile(4 << random.nextInt(10, 16))
              .build();
      db = open();
    }

    private Db open() {
      background = new ManualBackground(new ManualClock());
      return Db.builder(DIRECTORY)
          .options(options)
          .fileSystem(disk)
          .background(background)
          .random(new SplittableRandom(random.nextLong()))
          .open();
    }

    void run() {
      for (int i = 0; i < OPERATIONS; i++) {
        int operation = random.nextInt(100);
        if (operation < 50) {
          write();
        } else if (operation < 75) {
          get();
        } else if (operation < 93) {
          scan();
        } else if (operation < 97) {
          snapshot();
        } else if (operation < 99) {
          background.runAll();
        } else if (random.nextInt(4) == 0) {
          reopen();
        }
      }
    }

    private void write() {
      Batch batch = new Batch();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        change(batch, KEYSPACES.get(random.nextInt(3)), key());
      }
      db.write(batch, random.nextBoolean() ? Durability.SYNC : Durability.BUFFERED);
    }

    private void change(Batch batch, String keyspace, byte[] key) {
      if (random.nextInt(3) == 0) {
        model.of(keyspace).remove(key);
        assertThat(batch.delete(keyspace, key)).isSameAs(batch);
        return;
      }
      byte[] value = new byte[random.nextInt(5) == 0 ? random.nextInt(2_000) : random.nextInt(20)];
      random.nextBytes(value);
      model.of(keyspace).put(key, value);
      assertThat(batch.put(keyspace, key, value)).isSameAs(batch);
    }

    private byte[] key() {
      byte[] key = new byte[1 + random.nextInt(keyBytesMax)];
      for (int i = 0; i < key.length; i++) {
        // Few bytes, among them the least, the greatest and those that look negative.
        key[i] = (byte) (random.nextInt(8) * 255 / 7);
      }
      return key;
    }

    /// The store itself, or one of the snapshots that are open.
    private Taken any() {
      int index = random.nextInt(taken.size() + 3);
      return index < taken.size() ? taken.get(index) : new Taken(null, model);
    }

    private Queryable keyspace(Taken of, String name) {
      if (of.snapshot == null) {
        return name.equals("default") ? db : db.keyspace(name);
      }
      return name.equals("default") ? of.snapshot : of.snapshot.keyspace(name);
    }

    private void get() {
      Taken from = any();
      String name = KEYSPACES.get(random.nextInt(3));
      byte[] key = key();
      byte[] expected = from.model.of(name).get(key);
      Queryable store = keyspace(from, name);
      assertThat(store.get(key)).isEqualTo(expected);
      assertThat(store.contains(key)).isEqualTo(expected != null);
      byte[] buffer = new byte[10];
      int length = store.get(key, buffer);
      assertThat(length).isEqualTo(expected == null ? -1 : expected.length);
      if (expected != null) {
        int copied = Math.min(length, buffer.length);
        assertThat(Arrays.copyOf(buffer, copied)).isEqualTo(Arrays.copyOf(expected, copied));
      }
      assertThat(store.<byte[]>get(key, lent -> lent.toArray(ValueLayout.JAVA_BYTE)))
          .isEqualTo(expected);
    }

    private void scan() {
      Taken from = any();
      String name = KEYSPACES.get(random.nextInt(3));
      KeyRange range = range();
      List<Map.Entry<byte[], byte[]>> expected =
          from.model.of(name).entrySet().stream()
              .filter(e -> range.contains(e.getKey()))
              .map(e -> Map.entry(e.getKey(), e.getValue()))
              .toList();
      if (range.isReversed()) {
        expected = expected.reversed();
      }
      try (Cursor cursor = keyspace(from, name).scan(range)) {
        for (int i = 0; i < 3; i++) {
          if (random.nextInt(4) == 0) {
            write();
          }
          walk(cursor, range, expected);
        }
      }
    }

    private KeyRange range() {
      byte[] a = key();
      byte[] b = key();
      KeyRange range =
          switch (random.nextInt(6)) {
            case 0 -> KeyRange.atLeast(a);
            case 1 -> KeyRange.lessThan(a);
            case 2 -> KeyRange.prefix(a);
            case 3 ->
                Arrays.compareUnsigned(a, b) <= 0
                    ? KeyRange.closedOpen(a, b)
                    : KeyRange.closedOpen(b, a);
            default -> KeyRange.all();
          };
      return random.nextBoolean() ? range.reversed() : range;
    }

    /// Some steps at random; `at` is where the cursor must stand, with -1 before and the size
    /// behind.
    private void walk(Cursor cursor, KeyRange range, List<Map.Entry<byte[], byte[]>> expected) {
      int size = expected.size();
      int at = cursor.first() ? 0 : size;
      assertThat(at).isEqualTo(size == 0 ? size : 0);
      for (int steps = random.nextInt(20); steps > 0; steps--) {
        boolean found;
        switch (random.nextInt(10)) {
          case 0 -> {
            found = cursor.last();
            at = size - 1;
          }
          case 1 -> {
            byte[] key = key();
            found = cursor.seek(key);
            at = indexOf(key, range, expected);
          }
          case 2, 3, 4 -> {
            found = cursor.previous();
            at = Math.max(-1, at - 1);
          }
          default -> {
            found = cursor.next();
            at = Math.min(size, at + 1);
          }
        }
        assertThat(found).isEqualTo(at >= 0 && at < size);
        if (found) {
          assertThat(cursor.key()).isEqualTo(expected.get(at).getKey());
          assertThat(cursor.value()).isEqualTo(expected.get(at).getValue());
          assertThat(cursor.keySegment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(cursor.key());
          assertThat(cursor.valueSegment().byteSize()).isEqualTo(cursor.value().length);
        }
      }
    }

    private static int indexOf(
        byte[] key, KeyRange range, List<Map.Entry<byte[], byte[]>> expected) {
      int index = 0;
      for (Map.Entry<byte[], byte[]> entry : expected) {
        int order = Arrays.compareUnsigned(entry.getKey(), key);
        if (range.isReversed() ? order <= 0 : order >= 0) {
          break;
        }
        index++;
      }
      return index;
    }

    private void snapshot() {
      if (taken.size() < 5 && random.nextBoolean()) {
        KEYSPACES.forEach(db::keyspace);
        taken.add(new Taken(db.snapshot(), model.copy()));
      } else if (!taken.isEmpty()) {
        closeSnapshot(taken.remove(random.nextInt(taken.size())));
      }
    }

    private static void closeSnapshot(Taken one) {
      if (one.snapshot != null) {
        one.snapshot.close();
      }
    }

    private void reopen() {
      close();
      db = open();
    }

    @Override
    public void close() {
      taken.forEach(Run::closeSnapshot);
      taken.clear();
      db.close();
      disk.assertNothingOpen();
    }
  }
}
