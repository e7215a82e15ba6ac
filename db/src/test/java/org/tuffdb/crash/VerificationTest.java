package org.tuffdb.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.Compression;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.Options;
import org.tuffdb.Verification;
import org.tuffdb.bytes.Keys;
import org.tuffdb.error.DbException;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.table.TableStructure;

/// A verification of a whole store, and of one in which each kind of file is damaged in turn: it
/// says which file, where, and which keys are concerned at most.
class VerificationTest {
  private static final long SEED = Long.getLong("tuffdb.seed", 1);
  private static final int KEYS = 200;
  private static final int BLOCK_BYTES = 256;

  private final MemoryFileSystem disk = new MemoryFileSystem();

  VerificationTest() {
    try (Db db = open(disk)) {
      Keyspace users = db.keyspace("users");
      for (int i = 0; i < KEYS; i++) {
        users.put(key(i), value(i));
      }
      db.flush();
      users.deleteRange(KeyRange.closedOpen(key(KEYS), key(KEYS + 1)));
      users.put(key(0), value(0));
      db.flush();
      db.put(key(0), "only in the log".getBytes(UTF_8));
    }
  }

  private static Db open(MemoryFileSystem files) {
    ManualClock clock = new ManualClock();
    return Db.builder(Stores.DIRECTORY)
        .options(
            Options.builder()
                .memory(1 << 20)
                .block(BLOCK_BYTES)
                .lastLevelCompression(Compression.NONE)
                .build())
        .fileSystem(files)
        .clock(clock)
        .background(new ManualBackground(clock))
        .random(new SplittableRandom(SEED))
        .open();
  }

  private static byte[] key(int i) {
    return "key%03d".formatted(i).getBytes(UTF_8);
  }

  private static byte[] value(int i) {
    return "the value of %03d".formatted(i).getBytes(UTF_8);
  }

  private static Verification verify(MemoryFileSystem files) {
    return Verification.of(files, Stores.DIRECTORY, (_, _) -> {});
  }

  private static Path path(String name) {
    return Stores.DIRECTORY.resolve(name);
  }

  /// The names of the files of that kind, the oldest first.
  private List<String> names(String kind) {
    return Damage.contents(disk).keySet().stream().filter(name -> name.contains(kind)).toList();
  }

  private byte[] content(String name) {
    return Objects.requireNonNull(Damage.contents(disk).get(name), name);
  }

  /// Where `text` begins in a file.
  private int find(String name, byte[] text) {
    byte[] content = content(name);
    for (int at = 0; at + text.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + text.length, text, 0, text.length)) {
        return at;
      }
    }
    throw new AssertionError(name + " does not hold it");
  }

  private MemoryFileSystem flipped(String name, int at) {
    MemoryFileSystem copy = disk.restart();
    flip(copy, name, at);
    return copy;
  }

  private void flip(MemoryFileSystem copy, String name, int at) {
    Damage.flipped(name, content(name), at, 3).apply(copy);
  }

  private MemoryFileSystem without(String name) throws IOException {
    MemoryFileSystem copy = disk.restart();
    copy.delete(path(name));
    return copy;
  }

  @Test
  void aWholeStorePassesAndStaysAsItIs() {
    NavigableMap<String, byte[]> before = Damage.contents(disk);
    long sizeBytes = 0;
    for (String name : before.keySet()) {
      sizeBytes += name.equals(FileNames.LOCK) ? 0 : content(name).length;
    }
    List<long[]> progress = new ArrayList<>();
    Verification found =
        Verification.of(
            disk, Stores.DIRECTORY, (done, total) -> progress.add(new long[] {done, total}));

    assertThat(found.damages()).isEmpty();
    assertThat(found.isClean()).isTrue();
    assertThat(found.files()).isEqualTo(before.size() - 1).isGreaterThanOrEqualTo(5);
    assertThat(found.sizeBytes()).isEqualTo(sizeBytes);
    NavigableMap<String, byte[]> after = Damage.contents(disk);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    before.forEach((name, content) -> assertThat(after.get(name)).isEqualTo(content));
    disk.assertNothingOpen();

    assertThat(progress.size()).isGreaterThan(10);
    long last = 0;
    for (long[] step : progress) {
      assertThat(step[0]).isBetween(last, sizeBytes);
      assertThat(step[1]).isEqualTo(sizeBytes);
      last = step[0];
    }
    assertThat(last).isEqualTo(sizeBytes);
  }

  @Test
  void aBlockIsNamedWithItsPlaceAndItsKeys() {
    String table = names(".table").getFirst();
    for (int i = 0; i < KEYS; i++) {
      int at = find(table, value(i));
      Verification found = verify(flipped(table, at));
      assertThat(found.damages()).as("value %d", i).hasSize(1);
      Verification.Damage damage = found.damages().getFirst();
      assertThat(damage.file()).isEqualTo(path(table));
      assertThat(damage.offset()).isBetween((long) at - BLOCK_BYTES, (long) at);
      assertThat(damage.what()).contains("checksum");
      assertThat(damage.keyspace()).isEqualTo("users");
      KeyRange keys = Objects.requireNonNull(damage.keys());
      assertThat(keys.contains(key(i))).isTrue();
      long concerned = IntStream.range(0, KEYS).filter(k -> keys.contains(key(k))).count();
      assertThat(concerned).isLessThan(BLOCK_BYTES / 16);
    }
  }

  @Test
  void damagesAreAllReported() {
    String table = names(".table").getFirst();
    String log = names(".log").getFirst();
    MemoryFileSystem copy = disk.restart();
    for (int i : new int[] {20, 150}) {
      flip(copy, table, find(table, value(i)));
    }
    flip(copy, log, find(log, "only in the log".getBytes(UTF_8)));
    List<Verification.Damage> damages = verify(copy).damages();
    assertThat(damages)
        .extracting(Verification.Damage::file)
        .containsExactly(path(log), path(table), path(table));
    assertThat(damages.get(1).offset()).isLessThan(damages.get(2).offset());
  }

  /// No byte of a table or of `CURRENT` is without meaning.
  @Test
  void everyByteCounts() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Damage> cases = new ArrayList<>();
    for (String name : names("")) {
      if (name.equals(FileNames.CURRENT) || FileNames.tableNumber(name).isPresent()) {
        cases.addAll(Damage.ofEachByte(name, content(name), random));
      }
    }
    cases.parallelStream()
        .forEach(damage -> {
          MemoryFileSystem copy = disk.restart();
          damage.apply(copy);
          List<Verification.Damage> damages = verify(copy).damages();
          String name = damage.files().iterator().next();
          assertThat(damages).as("%s, seed %d", damage, SEED).isNotEmpty();
          if (!name.equals(FileNames.CURRENT)) {
            assertThat(damages)
                .as("%s, seed %d", damage, SEED)
                .allSatisfy(one -> {
                  assertThat(one.file()).isEqualTo(path(name));
                  assertThat(one.keyspace()).isEqualTo("users");
                  assertThat(one.keys()).isNotNull();
                });
          }
          copy.assertNothingOpen();
        });
    assertThat(cases.size()).isGreaterThan(5_000);
  }

  @Test
  void theLogIsNamedWithItsPlace() throws IOException {
    String log = names(".log").getFirst();
    int at = find(log, "only in the log".getBytes(UTF_8));
    Verification.Damage damage = verify(flipped(log, at)).damages().getFirst();
    assertThat(damage.file()).isEqualTo(path(log));
    assertThat(damage.offset()).isBetween(at - 100L, (long) at);
    assertThat(damage.keyspace()).isNull();
    assertThat(damage.keys()).isNull();

    assertThat(verify(without(log)).damages().getFirst().file()).isEqualTo(path(log));
  }

  @Test
  void aTableThatIsMissingIsNamedWithAllItsKeys() throws IOException {
    String table = names(".table").getFirst();
    List<Verification.Damage> damages = verify(without(table)).damages();
    assertThat(damages).hasSize(1);
    Verification.Damage damage = damages.getFirst();
    assertThat(damage.file()).isEqualTo(path(table));
    assertThat(damage.offset()).isEqualTo(-1);
    assertThat(damage.what()).contains("missing");
    assertThat(damage.keys()).isEqualTo(KeyRange.closedOpen(key(0), limitAfter(key(KEYS - 1))));
  }

  private static byte[] limitAfter(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /// What it refers to is checked all the same, by what each file says of itself.
  @Test
  void withoutAManifestTheOtherFilesAreChecked() throws IOException {
    String manifest = names("MANIFEST").getFirst();
    String table = names(".table").getFirst();
    MemoryFileSystem copy = flipped(manifest, 64 + 32);
    flip(copy, table, find(table, value(20)));
    List<Verification.Damage> damages = verify(copy).damages();
    assertThat(damages)
        .extracting(Verification.Damage::file)
        .containsExactly(path(manifest), path(table));
    assertThat(damages.getFirst().offset()).isBetween(0L, 64L + 32);
    assertThat(damages.getLast().keyspace()).isNull();
    assertThat(Objects.requireNonNull(damages.getLast().keys()).contains(key(20))).isTrue();
    assertThat(Objects.requireNonNull(damages.getLast().keys()).contains(key(150))).isFalse();

    assertThat(verify(without(manifest)).damages())
        .hasSize(1)
        .allSatisfy(damage -> assertThat(damage.file()).isEqualTo(path(manifest)));
    assertThat(verify(without(FileNames.CURRENT)).damages())
        .hasSize(1)
        .allSatisfy(damage -> {
          assertThat(damage.file()).isEqualTo(path(FileNames.CURRENT));
          assertThat(damage.what()).contains("missing");
        });
  }

  /// Then nobody knows where the keys of a table begin and end.
  @Test
  void withoutAManifestDamageReachesToTheEndsOfAllKeys() throws IOException {
    String table = names(".table").getFirst();
    MemoryFileSystem copy = without(FileNames.CURRENT);
    flip(copy, table, find(table, value(KEYS - 1)));
    KeyRange last = Objects.requireNonNull(verify(copy).damages().getLast().keys());
    assertThat(last.contains(key(KEYS - 1))).isTrue();
    assertThat(last.contains(key(KEYS / 2))).isFalse();
    assertThat(last.upperBound()).isNull();

    copy = without(FileNames.CURRENT);
    flip(copy, table, 0);
    assertThat(verify(copy).damages())
        .filteredOn(damage -> damage.file().equals(path(table)))
        .extracting(Verification.Damage::keys)
        .containsExactly(KeyRange.all());
  }

  /// A store that was killed has a log that nothing vouches for at its end: that is no damage.
  @Test
  void aStoreThatWasKilledIsWhole() {
    MemoryFileSystem killed;
    try (Db db = open(disk)) {
      db.put(key(1), value(1));
      killed = disk.restart();
      assertThatThrownBy(() -> verify(disk)).isInstanceOf(DbLockedException.class);
    }
    assertThat(verify(killed).damages()).isEmpty();
    assertThat(verify(disk.crash(SEED)).damages()).isEmpty();
  }

  /// Found by the campaign structures: a key that is higher than those of the block behind, with
  /// the checksum made right, ended the verification with an IllegalArgumentException. What such a
  /// block holds does not say which keys are lost.
  @Test
  void damageWhoseKeysHaveNoOrderConcernsThoseAroundIt() {
    String name = names(".table").getFirst();
    TableStructure table = new TableStructure(content(name));
    byte[] forged = content(name);
    Objects.requireNonNull(table.parts().get("block columns")).stream()
        .filter(field -> field.name().equals("first byte"))
        .findFirst()
        .orElseThrow()
        .set(forged, 'z');
    table.seal(forged);

    Verification found = verify(ForgedStore.replace(disk.restart(), name, forged));
    assertThat(found.damages()).isNotEmpty();
    assertThat(found.damages().getFirst().file()).isEqualTo(path(name));
    assertThat(found.damages().getFirst().keys())
        .isEqualTo(KeyRange.closedOpen(key(0), Keys.successor(key(7))));
  }

  @Test
  void whatTheProgressThrowsEndsIt() {
    IllegalStateException enough = new IllegalStateException("enough");
    assertThatThrownBy(() ->
            Verification.of(
                disk,
                Stores.DIRECTORY,
                (done, total) -> {
                  if (done > total / 2) {
                    throw enough;
                  }
                }))
        .isSameAs(enough);
    disk.assertNothingOpen();
    assertThat(verify(disk).isClean()).isTrue();
  }

  @Test
  void aDirectoryWithoutAStoreIsRefused(@TempDir Path directory) throws IOException {
    assertThat(Verification.isStore(directory)).isFalse();
    assertThat(Verification.isStore(directory.resolve("none"))).isFalse();
    assertThatThrownBy(() -> Verification.of(directory))
        .isInstanceOf(DbException.class)
        .hasMessageContaining("no store");
    assertThatThrownBy(() -> Verification.of(directory.resolve("none")))
        .isInstanceOf(DbException.class);
    Db.open(directory).close();
    assertThat(Verification.isStore(directory)).isTrue();
    assertThat(Verification.of(directory).isClean()).isTrue();
    Files.delete(directory.resolve(FileNames.CURRENT));
    assertThat(Verification.isStore(directory)).isTrue();
    assertThat(Verification.of(directory).damages())
        .extracting(Verification.Damage::file)
        .isEqualTo(List.of(directory.resolve(FileNames.CURRENT)));
  }

  /// Seed 1 of the campaign lost-sync: the disk failed under the sync of the first manifest of all.
  @Test
  void aStoreWhoseFirstOpeningFailedIsNone(@TempDir Path directory) throws IOException {
    Files.createFile(FileNames.manifest(directory, 1));
    assertThat(Verification.isStore(directory)).isFalse();
    Db.open(directory).close();
    assertThat(Verification.of(directory).isClean()).isTrue();
  }
}
