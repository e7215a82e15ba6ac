package org.tuffdb.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Compression;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.Options;
import org.tuffdb.Queryable;
import org.tuffdb.Reading;
import org.tuffdb.Snapshot;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.FormatTooNewException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Manifest;

/// A small store with tables on several levels and a log, to be damaged and read.
final class DamagedStore {
  private static final List<String> KEYSPACES = List.of("default", "other");
  static final int KEYS = 60;

  private final SplittableRandom random = new SplittableRandom(7);

  /// What the store holds: each write leads to the next state. A key is that of its keyspace, a
  /// slash, and the key.
  private final List<NavigableMap<String, String>> states = new ArrayList<>();

  private final MemoryFileSystem sound;
  private final boolean closed;
  private int levels;

  /// The state that all tables together hold.
  private int flushedState;

  /// @param closed whether the store is closed, so that its log is known to be whole, or killed
  DamagedStore(boolean closed) {
    this.closed = closed;
    states.add(new TreeMap<>());
    MemoryFileSystem disk = new MemoryFileSystem();
    ManualBackground background = new ManualBackground(new ManualClock());
    try (Db db = open(disk, Reading.MAPPED, background)) {
      fill(db, background);
    }
    MemoryFileSystem killed;
    // Its second manifest is a short one.
    try (Db db = open(disk, Reading.MAPPED, new ManualBackground(new ManualClock()))) {
      for (int i = 0; i < 2; i++) {
        writeSome(db, 10);
        db.flush();
      }
      flushedState = states.size() - 1;
      writeSome(db, 10);
      levels = levels(db);
      killed = disk.restart();
    }
    sound = closed ? disk : killed;
  }

  /// The files of the sound store.
  NavigableMap<String, byte[]> files() {
    return Damage.contents(sound);
  }

  /// Another store of the same files.
  MemoryFileSystem copy() {
    return sound.restart();
  }

  /// What it holds: a key is that of its keyspace, a slash, and the key.
  NavigableMap<String, String> state() {
    return states.getLast();
  }

  /// On how many levels it has tables.
  int levels() {
    return levels;
  }

  private void fill(Db db, ManualBackground background) {
    Snapshot early = null;
    for (int round = 0; round < 6; round++) {
      writeSome(db, 20);
      if (round == 4) {
        early = db.snapshot();
      }
      db.flush();
      if (round == 2) {
        db.settle();
      } else if (round != 5) {
        background.runAll();
      }
    }
    if (early != null) {
      early.close();
    }
  }

  private void writeSome(Db db, int count) {
    for (int i = 0; i < count; i++) {
      write(db);
    }
  }

  private void write(Db db) {
    NavigableMap<String, String> state = new TreeMap<>(states.getLast());
    Keyspace keyspace = db.keyspace(KEYSPACES.get(random.nextInt(4) / 3));
    String key = key(random.nextInt(KEYS));
    switch (random.nextInt(16)) {
      case 0 -> {
        String end = key(random.nextInt(KEYS));
        String from = key.compareTo(end) < 0 ? key : end;
        String to = key.compareTo(end) < 0 ? end : key;
        keyspace.deleteRange(KeyRange.closedOpen(bytes(from), bytes(to)));
        state.subMap(keyspace.name() + "/" + from, keyspace.name() + "/" + to).clear();
      }
      case 1, 2, 3 -> {
        keyspace.delete(bytes(key));
        state.remove(keyspace.name() + "/" + key);
      }
      default -> {
        byte[] noise = new byte[random.nextInt(40)];
        random.nextBytes(noise);
        String value = states.size() + "=" + HexFormat.of().formatHex(noise);
        keyspace.put(bytes(key), bytes(value));
        state.put(keyspace.name() + "/" + key, value);
      }
    }
    states.add(state);
  }

  static String key(int number) {
    return "key%04d".formatted(number);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// Where the blocks of a table begin, and where the last one ends.
  List<Integer> blocks(String name) {
    try {
      Manifest.Recovered recovered =
          Objects.requireNonNull(Manifest.read(sound, Stores.DIRECTORY), "the store is sound");
      long number = FileNames.tableNumber(name).orElseThrow();
      TableInfo info =
          recovered.version().keyspaces().values().stream()
              .flatMap(keyspace -> keyspace.levels().stream().flatMap(List::stream))
              .filter(table -> table.number() == number)
              .findFirst()
              .orElseThrow();
      BlockCache cache = new BlockCache(0, 256);
      List<Integer> cuts = new ArrayList<>();
      try (Table table =
          Table.open(
              sound,
              Stores.DIRECTORY.resolve(name),
              info,
              recovered.storeId(),
              org.tuffdb.table.Access.CACHED,
              cache)) {
        Table.BlockInfo last = null;
        for (int i = 0; i < table.blockCount(); i++) {
          last = table.block(i);
          cuts.add((int) last.offset());
        }
        if (last != null) {
          cuts.add((int) last.offset() + last.storedBytes());
        }
      } finally {
        cache.close();
      }
      return cuts;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static int levels(Db db) {
    return (int)
        db.stats().keyspaces().getFirst().levels().stream()
            .filter(level -> !level.tables().isEmpty())
            .count();
  }

  private static Db open(MemoryFileSystem files, Reading reading, ManualBackground background) {
    return builder(files, reading, background).open();
  }

  static Db.Builder builder(MemoryFileSystem files, Reading reading, ManualBackground background) {
    return Db.builder(Stores.DIRECTORY)
        .options(
            Options.builder()
                .memory(1 << 20)
                .memtable(20 << 10)
                .logFile(4 << 10)
                .table(1 << 10)
                .block(256)
                .levels(3)
                .level0Tables(2)
                .levelRatio(2)
                .baseLevel(1 << 10)
                .lastLevelCompression(Compression.LZ4)
                .reading(reading)
                .build())
        .fileSystem(files)
        .clock(new ManualClock())
        .background(background)
        .random(new SplittableRandom(1));
  }

  /// Opens the store damaged like this, and reads everything: each answer is right, or says which
  /// file is damaged.
  ///
  /// @return whether any damage was reported
  boolean read(Damage damage, Reading reading, boolean compactsFirst) {
    MemoryFileSystem damaged = sound.restart();
    damage.apply(damaged);
    ManualBackground background = new ManualBackground(new ManualClock());
    boolean found = false;
    try (Db db = open(damaged, reading, background)) {
      if (compactsFirst) { // which must not lose what it cannot read
        background.runAll();
      }
      found = read(damage, db);
    } catch (CorruptionException reported) {
      requireNamed(damage, reported);
      found = true;
    } catch (FormatTooNewException reported) {
      // As far as anybody can tell, a newer version wrote that file.
      requireNamed(damage, reported);
      found = true;
    }
    damaged.assertNothingOpen();
    return found;
  }

  private static void requireNamed(Damage damage, DbException reported) {
    if (!damage.endsEarlier()
        && damage.files().stream().noneMatch(String.valueOf(reported.getMessage())::contains)) {
      throw new AssertionError("the wrong file is named: " + reported.getMessage(), reported);
    }
  }

  /// The states that may be found: the last one; where nothing says that the last record of the log
  /// was synced, the one before; where the log may have been cut, all that it leads to.
  private List<NavigableMap<String, String>> possible(Damage damage) {
    int last = states.size() - 1;
    int first = closed ? last : damage.endsEarlier() ? flushedState : last - 1;
    return states.subList(first, last + 1).reversed();
  }

  private boolean read(Damage damage, Db db) {
    AssertionError wrong = null;
    for (NavigableMap<String, String> state : possible(damage)) {
      try {
        return read(damage, db, state);
      } catch (AssertionError otherState) {
        wrong = wrong == null ? otherState : wrong;
      }
    }
    throw wrong == null ? new AssertionError("there are no states") : wrong;
  }

  private boolean read(Damage damage, Db db, NavigableMap<String, String> state) {
    boolean found = false;
    if (!db.keyspaces().equals(KEYSPACES)) {
      throw new AssertionError("keyspaces are " + db.keyspaces());
    }
    for (String name : KEYSPACES) {
      Keyspace keyspace = db.keyspace(name);
      for (int i = 0; i < KEYS; i++) {
        found |= get(damage, keyspace, key(i), state.get(name + "/" + key(i)));
      }
      NavigableMap<String, String> content = state.subMap(name + "/", true, name + "0", false);
      found |= scan(damage, keyspace, KeyRange.all(), content);
      found |= scan(damage, keyspace, KeyRange.all().reversed(), content.descendingMap());
    }
    return found;
  }

  private static boolean get(
      Damage damage, Queryable keyspace, String key, @Nullable String expected) {
    try {
      byte[] found = keyspace.get(bytes(key));
      if (!Arrays.equals(found, expected == null ? null : bytes(expected))) {
        throw new AssertionError(
            "%s must be %s, and is %s"
                .formatted(key, expected, found == null ? null : new String(found, UTF_8)));
      }
      return false;
    } catch (CorruptionException reported) {
      requireNamed(damage, reported);
      return true;
    }
  }

  private static boolean scan(
      Damage damage, Keyspace keyspace, KeyRange range, NavigableMap<String, String> expected) {
    try (Cursor cursor = keyspace.scan(range)) {
      for (Map.Entry<String, String> entry : expected.entrySet()) {
        String key = entry.getKey().substring(keyspace.name().length() + 1);
        if (!cursor.next()
            || !Arrays.equals(cursor.key(), bytes(key))
            || !Arrays.equals(cursor.value(), bytes(entry.getValue()))) {
          throw new AssertionError("a scan does not show " + entry);
        }
      }
      if (cursor.next()) {
        throw new AssertionError("a scan shows too much: " + new String(cursor.key(), UTF_8));
      }
      return false;
    } catch (CorruptionException reported) {
      requireNamed(damage, reported);
      return true;
    }
  }
}
