package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// A level of many tables, whose keys have so much in common that the first eight bytes tell few of
/// them apart: at each key, between any two, before the first and behind the last.
class LevelReadsTest {
  private static final int KEYS = 400;

  private final NavigableMap<String, String> model = new TreeMap<>();
  private Db db;

  @BeforeEach
  void open() {
    ManualClock clock = new ManualClock();
    db =
        Db.builder(Path.of("/db"))
            .fileSystem(new MemoryFileSystem())
            .background(new ManualBackground(clock))
            .clock(clock)
            .options(
                Options.builder()
                    .memory(1 << 20)
                    .memtable(20 << 10)
                    .table(2 << 10)
                    .block(1 << 10)
                    .baseLevel(4 << 10)
                    .level0Tables(2)
                    .build())
            .open();
    for (int i = 0; i < KEYS; i++) {
      put(key(i), "value" + i);
    }
    settle();
  }

  @AfterEach
  void close() {
    db.close();
  }

  /// Even numbers alone: there is room for a key between any two.
  private static String key(int i) {
    return (i < KEYS / 2 ? "common" : "company") + "%06d".formatted(2 * i);
  }

  private void put(String key, String value) {
    db.put(bytes(key), bytes(value));
    model.put(key, value);
  }

  private void deleteRange(String from, String to) {
    db.deleteRange(KeyRange.closedOpen(bytes(from), bytes(to)));
    model.subMap(from, to).clear();
  }

  private void settle() {
    db.flush();
    db.compact(KeyRange.all());
    assertThat(db.stats().keyspaces().getFirst().levels().getLast().tables()).hasSizeGreaterThan(3);
  }

  private void requireAsModel() {
    for (int i = 0; i < KEYS; i++) {
      requireGet(key(i));
      requireGet(key(i) + "0");
    }
    requireGet("a");
    requireGet("co");
    requireGet("com");
    requireGet("commoo");
    requireGet("d");
    assertThat(scanned(KeyRange.all())).isEqualTo(new ArrayList<>(model.keySet()));
    assertThat(scanned(KeyRange.all().reversed()))
        .isEqualTo(new ArrayList<>(model.descendingKeySet()));
  }

  private void requireGet(String key) {
    byte[] found = db.get(bytes(key));
    assertThat(found == null ? null : new String(found, UTF_8)).as(key).isEqualTo(model.get(key));
  }

  private List<String> scanned(KeyRange range) {
    List<String> keys = new ArrayList<>();
    try (Cursor cursor = db.scan(range)) {
      while (cursor.next()) {
        keys.add(new String(cursor.key(), UTF_8));
        assertThat(new String(cursor.value(), UTF_8)).isEqualTo(model.get(keys.getLast()));
      }
    }
    return keys;
  }

  @Test
  void everyKeyIsFoundAndNothingElse() {
    requireAsModel();
  }

  @Test
  void aSeekComesToTheNextKeyInWhateverTableItIs() {
    try (Cursor up = db.scan(KeyRange.all());
        Cursor down = db.scan(KeyRange.all().reversed())) {
      for (int i = 0; i < KEYS; i++) {
        for (String key : List.of(key(i), key(i) + "0")) {
          requireAt(up, up.seek(bytes(key)), model.ceilingKey(key));
          requireAt(up, up.previous(), model.lowerKey(key));
          requireAt(down, down.seek(bytes(key)), model.floorKey(key));
        }
      }
      assertThat(up.seek(bytes("d"))).isFalse();
      requireAt(up, up.previous(), model.lastKey());
      requireAt(up, up.seek(bytes("a")), model.firstKey());
      assertThat(up.previous()).isFalse();
    }
  }

  @Test
  void aCursorOfTheLevelThatIsBehindAllTablesStandsOnNoEntry() {
    try (EntryCursor level = Inside.get(db, "defaultKeyspace", Keyspace.class).view().entries()) {
      assertThat(level.seek(bytes(key(3)), Long.MAX_VALUE)).isTrue();
      assertThat(level.seek(bytes("d"), Long.MAX_VALUE)).isFalse();
      assertThatThrownBy(level::sequence).isInstanceOf(IllegalStateException.class);
      assertThat(level.last()).isTrue();
      assertThat(level.previous()).isTrue();
      assertThat(level.seek(bytes("a"), Long.MAX_VALUE)).isTrue();
    }
  }

  private static void requireAt(Cursor cursor, boolean found, String key) {
    assertThat(found ? new String(cursor.key(), UTF_8) : null).isEqualTo(key);
  }

  /// A snapshot keeps what is deleted, and the range deletes with it, in the tables.
  @Test
  void whatARangeDeleteInATableTakesIsGoneForWhoeverComesLater() {
    List<String> before = new ArrayList<>(model.keySet());
    try (Snapshot snapshot = db.snapshot()) {
      deleteRange(key(37), key(81));
      put(key(50), "again");
      deleteRange(key(KEYS - 3), "z");
      settle();
      requireAsModel();
      List<String> seen = new ArrayList<>();
      try (Cursor cursor = snapshot.scan(KeyRange.all())) {
        while (cursor.next()) {
          seen.add(new String(cursor.key(), UTF_8));
        }
      }
      assertThat(seen).isEqualTo(before);
      assertThat(snapshot.get(bytes(key(40)))).isEqualTo(bytes("value40"));
    }
    settle();
    requireAsModel();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
