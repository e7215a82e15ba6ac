package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.table.TableFile;

/// The commands that look into a store's files, and those that reshape them.
final class InspectTest {
  private static final int KEYS = 2000;

  @TempDir private static Path made;
  @TempDir private Path parent;
  private Path db;

  /// `default`: a table on the last level with `key0000` to `key1999`. `users`: one with `ann` and
  /// `bob`. Nothing is due, so that no opening changes it.
  @BeforeAll
  static void make() {
    try (Db db = Db.open(made)) {
      Batch batch = new Batch();
      for (int i = 0; i < KEYS; i++) {
        batch.put(bytes("key%04d".formatted(i)), bytes("value of " + i));
      }
      db.write(batch);
      Keyspace users = db.keyspace("users");
      users.put(bytes("ann"), bytes("1"));
      users.put(bytes("bob"), bytes("1"));
      db.compact(KeyRange.all());
      users.compact(KeyRange.all());
    }
  }

  @BeforeEach
  void copy() throws IOException {
    db = parent.resolve("store");
    copy(made, db);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Run tuff(String... args) {
    return Run.of(db, args);
  }

  private static void assertOk(Run run) {
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(Tuff.OK);
  }

  /// The tables of a keyspace, as the manifest lists them.
  private List<Path> tables(String keyspace) {
    return tuff("manifest")
        .out()
        .lines()
        .map(line -> line.split("\t"))
        .filter(columns -> columns[1].equals("table-added") && columns[2].equals(keyspace))
        .map(columns -> db.resolve(columns[4]))
        .filter(Files::exists)
        .toList();
  }

  @Test
  void levelsShowTheTables() {
    Run run = tuff("levels");
    assertOk(run);
    assertThat(run.out())
        .contains("keyspace default\n")
        .containsPattern("(?m)^6 +1 +\\d+\\.\\d kB +2,000 +0 +0$")
        .contains("keyspace users\n")
        .containsPattern("(?m)^6 +1 +\\d+ B +2 +0 +0$")
        .containsPattern("(?m)^read amplification 1, debt ")
        .containsPattern("(?m)^memory: .* of .*: memtables ");
    assertThat(tuff("levels", "--keyspace", "users").out()).doesNotContain("keyspace default");
    assertThat(tuff("levels", "--keyspace", "nobody").exitCode()).isEqualTo(Tuff.NOT_FOUND);
  }

  @Test
  void amplificationIsThatSinceOpening() {
    Run run = Run.withInput("put a b\ncompact\nlevels\n", db, "shell");
    assertThat(run.out())
        .containsPattern("since opening: \\d.* flushed, .* write amplification \\d");
    assertThat(tuff("levels").out()).contains("since opening: nothing flushed or compacted");
  }

  @Test
  void statsHaveAllFigures() {
    assertThat(tuff("stats").out())
        .containsPattern("(?m)^entries +2,002$")
        .containsPattern("(?m)^tables +2 files, \\d")
        .containsPattern("(?m)^takes writes +yes$");
    assertThat(tuff("stats", "--json").out())
        .startsWith("{\"entries\":2002,\"tableBytes\":")
        .contains("\"keyspaces\":[{\"name\":\"default\",\"memtables\":0,")
        .contains("\"levels\":[{\"level\":0,\"tables\":[]}")
        .contains("\"deletes\":0,\"rangeDeletes\":0}")
        .contains("\"memory\":{\"maxBytes\":")
        .endsWith("\"writable\":true}\n");
  }

  @Test
  void tablesSayWhatTheyAre() {
    Path table = tables("default").getFirst();
    Run run = tuff("table", table.toString());
    assertOk(run);
    assertThat(run.out())
        .containsPattern("belongs to +keyspace default, level 6\n")
        .containsPattern("keys +key0000 to key1999\n")
        .containsPattern("entries +2,000 of 2,000 keys\n")
        .containsPattern("value bytes +\\d+\\.\\d kB \\(.* B\\), 12\\.4 each\n")
        .containsPattern("compression lz4\n");
    String number =
        String.valueOf(FileNames.tableNumber(table.getFileName().toString()).orElseThrow());
    assertThat(tuff("table", number)).isEqualTo(run);
    assertThat(tuff("table", table.getFileName().toString())).isEqualTo(run);
  }

  @Test
  void tablesCanBeReadAnywhere() throws IOException {
    Path table = tables("default").getFirst();
    Path copy = parent.resolve(table.getFileName());
    Files.copy(table, copy);
    assertThat(tuff("table", copy.toString()).out())
        .containsPattern("belongs to +store [0-9a-f]{16}\n");
  }

  @Test
  void tablesListTheirBlocksAndEntries() {
    Path table = tables("default").getFirst();
    List<String> blocks = tuff("table", table.toString(), "--blocks").out().lines().toList();
    assertThat(blocks.get(0)).isEqualTo("block\toffset\tbytes\tin memory\tentries\tfirst key");
    assertThat(blocks.get(1)).matches("0\t64\t\\d+\t\\d+\t\\d+\tkey0000");
    long entries =
        blocks.stream().skip(1).mapToLong(line -> Long.parseLong(line.split("\t", -1)[4])).sum();
    assertThat(entries).isEqualTo(KEYS);
    List<String> listed = tuff("table", table.toString(), "--entries").out().lines().toList();
    assertThat(listed).hasSize(KEYS).element(10).isEqualTo("1\tput\tkey0010\t11 B");
  }

  /// A store whose compactions never run keeps its tombstones.
  @Test
  void tablesListTheirTombstones() {
    Path other = parent.resolve("other");
    try (Db store = Db.builder(other).background(new NoCompaction()).open()) {
      store.put(bytes("bob"), bytes("1"));
      store.delete(bytes("ann"));
      store.deleteRange(KeyRange.closedOpen(bytes("x"), bytes("z")));
      store.flush();
      Path table = tablesIn(other).getFirst();
      assertThat(tuff("table", table.toString()).out())
          .containsPattern("belongs to +keyspace default, level 0\n")
          .containsPattern("tombstones +1\n")
          .containsPattern("range deletes +1\n");
      assertThat(tuff("table", table.toString(), "--entries").out())
          .isEqualTo("3\tdelete-range\tx\tz\n2\tdelete\tann\n1\tput\tbob\t1 B\n");
    }
  }

  private static List<Path> tablesIn(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".table")).sorted().toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static final class NoCompaction implements Background {
    private final Background threads = Background.threads("test");

    @Override
    public void executeAfter(Lane lane, long delayNanos, Runnable task) {
      if (lane != Lane.COMPACTION) {
        threads.executeAfter(lane, delayNanos, task);
      }
    }

    @Override
    public void pause(long nanos) {
      threads.pause(nanos);
    }

    @Override
    public Thread start(String name, Runnable body) {
      return threads.start(name, body);
    }

    @Override
    public void close() {
      threads.close();
    }
  }

  @Test
  void theManifestShowsItsEdits() {
    Run run = tuff("manifest");
    assertOk(run);
    assertThat(run.out().lines())
        .allMatch(line -> line.matches("MANIFEST-\\d{6}:\\d+\t[a-z-]+\t.*"));
    assertThat(run.out())
        .containsPattern("\tkeyspace-added\t1\tusers\n")
        .containsPattern(
            "\ttable-added\tdefault\tlevel 6\t\\d{6}\\.table\t\\d+ B\t2000 entries\tkey0000 to"
                + " key1999\n")
        .containsPattern("\tflushed\tusers\t2002\n")
        .containsPattern("\tlog-added\t\\d{6}\\.log\n");
  }

  @Test
  void rangesAreDeleted() {
    assertThat(tuff("delete-range").exitCode()).isEqualTo(Tuff.USAGE);
    assertOk(tuff("delete-range", "--prefix", "key00"));
    assertOk(tuff("delete-range", "--from", "key0101"));
    assertThat(tuff("scan", "--keys-only").out()).isEqualTo("key0100\n");
    assertThat(tuff("log").out()).containsPattern("\tdelete-range\t\\d+\tdefault\tkey00\tkey01\n");
    assertOk(tuff("delete-range", "--prefix", ""));
    assertThat(tuff("scan").out()).isEmpty();
  }

  @Test
  void compactingDropsWhatWasDeleted() {
    assertOk(tuff("delete-range", "--prefix", "key00"));
    assertThat(tuff("compact", "--prefix", "key").out())
        .matches("ok: .* of tables became .* \\(.* m?s\\)\n");
    assertThat(tuff("levels", "--keyspace", "default").out())
        .containsPattern("(?m)^6 +1 +\\d+\\.\\d kB +1,900 +0 +0$");
    assertThat(tuff("compact", "--keyspace", "nobody").exitCode()).isEqualTo(Tuff.NOT_FOUND);
  }

  @Test
  void keyspacesAreListedAndDropped() {
    assertThat(tuff("keyspaces").out())
        .matches("keyspace +tables +size +entries\ndefault +1 .*2,000\nusers +1 .*2\n");
    assertThat(tuff("keyspaces", "--drop", "users").out())
        .startsWith("ok: keyspace users is dropped");
    assertThat(tuff("keyspaces").out()).doesNotContain("users");
    assertThat(tuff("keyspaces", "--drop", "users").exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(tuff("keyspaces", "--drop", "default").exitCode()).isEqualTo(Tuff.USAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "levels",
        "manifest",
        "flush",
        "compact",
        "delete-range --prefix a",
        "keyspaces",
        "verify"
      })
  void theyCreateNoStore(String command) {
    Path none = parent.resolve("none");
    Run run = Run.of(none, command.split(" "));
    assertThat(run.exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(run.err()).contains("there is no store in " + none);
    assertThat(none).doesNotExist();
  }

  @Test
  void aWholeStoreVerifies() {
    Run run = tuff("verify");
    assertOk(run);
    assertThat(run.out()).matches("ok: .* in \\d+ files \\(.*\\), nothing is damaged\n");
  }

  @Test
  void verifyingNeedsTheStoreForItself() {
    try (Db open = Db.open(db)) {
      Run run = tuff("verify");
      assertThat(open.stats().writable()).isTrue();
      assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
      assertThat(run.err()).startsWith("tuff: ").hasLineCount(1);
    }
    assertThat(Run.withInput("verify\n", db, "shell").exitCode()).isEqualTo(Tuff.USAGE);
  }

  private static void flip(Path file, long offset) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      int b = bytes.read();
      bytes.seek(offset);
      bytes.write(b ^ 4);
    }
  }

  @Test
  void damageCountsWhereNobodyReadsOfIt() throws IOException {
    flip(tables("default").getFirst(), 80);
    Run run = Run.withOutputFailing("Broken pipe", "", db, "verify");
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).startsWith("tuff: 1 place damaged;").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scan", "scan --json", "dump", "dump --format csv"})
  void whatStandsBeforeDamageIsPrinted(String command) throws IOException {
    Path table = tables("default").getFirst();
    String[] block =
        tuff("table", table.toString(), "--blocks").out().lines().toList().get(7).split("\t", -1);
    flip(table, Long.parseLong(block[1]) + 20);
    Run run = tuff(command.split(" "));
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).contains("checksum").hasLineCount(1);
    assertThat(run.out()).endsWith("\n");
    assertThat(run.out().lines().toList().getLast()).contains(before(block[5]), "value of");
  }

  private List<String> damages() {
    Run run = tuff("verify");
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(Tuff.STORE_ERROR);
    List<String> lines = run.out().lines().toList();
    String places = lines.size() + (lines.size() == 1 ? " place" : " places");
    assertThat(run.err()).startsWith("tuff: " + places + " damaged; read ").hasLineCount(1);
    return lines;
  }

  /// Two blocks apart: each is told, with the keys between the sound ones around it.
  @Test
  void damagedBlocksAreAllFound() throws IOException {
    Path table = tables("default").getFirst();
    List<String[]> blocks =
        tuff("table", table.toString(), "--blocks")
            .out()
            .lines()
            .skip(1)
            .map(line -> line.split("\t"))
            .toList();
    assertThat(blocks).hasSizeGreaterThan(5);
    for (int block : new int[] {1, 4}) {
      flip(table, Long.parseLong(blocks.get(block)[1]) + 20);
    }
    String line = "%s:%s\ta block does not match its checksum\tdefault: %s to %s";
    assertThat(damages())
        .containsExactly(
            line.formatted(
                table.getFileName(), blocks.get(1)[1], before(blocks.get(1)[5]), blocks.get(2)[5]),
            line.formatted(
                table.getFileName(), blocks.get(4)[1], before(blocks.get(4)[5]), blocks.get(5)[5]));
  }

  private static String before(String key) {
    return "key%04d".formatted(Integer.parseInt(key.substring(3)) - 1);
  }

  /// And does not hide a damaged block.
  @Test
  void aDamagedFilterConcernsTheTable() throws IOException {
    Path table = tables("default").getFirst();
    List<String> blocks = tuff("table", table.toString(), "--blocks").out().lines().toList();
    long filterAt = filterOffset(table);
    flip(table, filterAt + 7);
    flip(table, 80);
    assertThat(damages())
        .containsExactly(
            table.getFileName()
                + ":"
                + filterAt
                + "\tthe bits of the filter do not match their checksum\tdefault: key0000 to"
                + " key1999",
            damageOf(table, blocks).replace("the first key", "default: key0000"));
  }

  /// The filter begins at the next multiple of 64 behind the blocks.
  private static long filterOffset(Path path) throws IOException {
    long number = FileNames.tableNumber(path.getFileName().toString()).orElseThrow();
    try (TableFile table = TableFile.open(FileSystem.disk(), path, number)) {
      return (64 + table.properties().storedBytes() + 63) / 64 * 64;
    }
  }

  /// Every seventh one here, so that it does not take long.
  @Test
  void everyByteOfATableCounts() throws IOException {
    Path table = tables("users").getFirst();
    byte[] whole = Files.readAllBytes(table);
    for (int at = 0; at < whole.length; at += 7) {
      flip(table, at);
      assertThat(damages().getFirst()).as("byte " + at).startsWith(table.getFileName().toString());
      Files.write(table, whole);
    }
    assertOk(tuff("verify"));
  }

  @Test
  void whatIsMissingIsFound() throws IOException {
    Path table = tables("default").getFirst();
    Files.delete(table);
    assertThat(damages())
        .containsExactly(
            table.getFileName() + "\tthe file is missing\tdefault: key0000 to key1999");
  }

  @Test
  void aTruncatedTableIsFound() throws IOException {
    Path table = tables("users").getFirst();
    byte[] whole = Files.readAllBytes(table);
    Files.write(table, Arrays.copyOf(whole, whole.length - 1));
    assertThat(damages().getFirst()).contains("\tusers: ann to bob");
  }

  @Test
  void aTruncatedLogIsFound() throws IOException {
    tuff("put", "a", "b");
    tuff("put", "c", "d");
    List<Path> logs = logs();
    for (Path log : logs) {
      Files.write(log, Arrays.copyOf(Files.readAllBytes(log), 100));
    }
    assertThat(damages())
        .anyMatch(line ->
            line.matches("\\d{6}\\.log:\\d+\ta record of this log is damaged.*\tunknown keys"));
  }

  private List<Path> logs() throws IOException {
    try (Stream<Path> files = Files.list(db)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  /// Without a manifest all tables and logs in the directory are checked by themselves.
  @Test
  void aStoreWithoutItsManifestIsStillRead() throws IOException {
    Path table = tables("default").getFirst();
    List<String> blocks = tuff("table", table.toString(), "--blocks").out().lines().toList();
    flip(table, 80);
    Files.writeString(db.resolve("CURRENT"), "nonsense");
    assertThat(damages())
        .containsExactly(
            "CURRENT:0\tit does not name a manifest\tunknown keys", damageOf(table, blocks));
    Files.delete(db.resolve("CURRENT"));
    assertThat(damages())
        .containsExactly(
            "CURRENT\tthe file is missing, and the store has data\tunknown keys",
            damageOf(table, blocks));
  }

  private static String damageOf(Path table, List<String> blocks) {
    return "%s:64\ta block does not match its checksum\tthe first key to %s"
        .formatted(table.getFileName(), blocks.get(2).split("\t", -1)[5]);
  }

  @Test
  void theManifestIsVerified() throws IOException {
    String name =
        Files.readString(db.resolve("CURRENT"), StandardCharsets.US_ASCII).split(" ", -1)[0];
    flip(db.resolve(name), 100);
    assertThat(damages()).hasSize(1).first().asString().startsWith(name + ":");
    Run run = tuff("manifest");
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).contains(name);
  }
}
