package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `load` reads, refuses, and says; and that it reads what `dump` prints.
final class LoadTest {
  @TempDir private Path parent;
  private Path db;

  @BeforeEach
  void chooseDirectory() {
    db = parent.resolve("store");
  }

  private Run load(String input, String... options) {
    String[] args = new String[options.length + 2];
    args[0] = "load";
    args[1] = "-";
    System.arraycopy(options, 0, args, 2, options.length);
    return Run.withInput(input, db, args);
  }

  private String scan() {
    return Run.of(db, "scan").out();
  }

  private void assertBad(Run run, String said, long loadedBefore) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.USAGE);
    assertThat(run.err())
        .contains(said)
        .contains(
            "\n"
                + loadedBefore
                + (loadedBefore == 1 ? " record before that is" : " records before that are")
                + " loaded, and on the disk");
    assertThat(scan().lines()).hasSize((int) loadedBefore);
  }

  @Test
  void linesAreKeys() {
    Run run = load("b\r\n\n 0x\na\n0x00ff", "--format", "lines", "--literal");
    assertThat(run.out()).startsWith("ok: 4 records are on the disk (");
    assertThat(run.err()).isEmpty();
    assertThat(scan()).isEqualTo(" 0x\t\n0x307830306666\t\na\t\nb\t\n");
  }

  @Test
  void keysThatArePrintedCanBeLoaded() {
    String keys = " \n  \n0xefbbbf61\n";
    load("\n" + keys + "\r\n", "--format", "lines");
    String printed = Run.of(db, "scan", "--keys-only").out();
    assertThat(printed).isEqualTo(keys);
    db = parent.resolve("copy");
    load(
        Run.of(parent.resolve("store"), "scan", "--keys-only", "--prefix", "0xef").out(),
        "--format",
        "lines");
    assertThat(scan()).isEqualTo("0xefbbbf61\t\n");
  }

  @Test
  void linesCanBeBytes() {
    assertBad(load("0x00ff\n0xzz\n", "--format", "lines"), "standard input:2: ", 1);
    assertThat(scan()).isEqualTo("0x00ff\t\n");
  }

  @Test
  void twoColumnsAreKeyAndValue() {
    load("value,key\n\"a \"\"b\"\"\nc\",k1\n,0x00\n", "--format", "csv", "--key", "key");
    assertThat(scan()).isEqualTo("0x00\t\nk1\t0x61202262220a63\n");
  }

  @Test
  void moreColumnsAreAJsonObject() {
    load("\uFEFFid\tname\tage\n7\tAda \u00e9\t36\n", "--format", "tsv");
    assertThat(scan()).isEqualTo("7\t{\"id\":\"7\",\"name\":\"Ada \u00e9\",\"age\":\"36\"}\n");
  }

  @Test
  void aColumnMayBeAsLongAsAValue() {
    Run run = load("k,v\na," + "x".repeat(17 << 20) + "\n", "--format", "csv");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("ok: 1 record is on the disk");
  }

  @Test
  void oneColumnIsTheKey() {
    load("id\nx\n", "--format", "csv");
    assertThat(scan()).isEqualTo("x\t\n");
  }

  @Test
  void objectsAreKeyAndValue() {
    load("{\"key\":\"a\",\"value\":\"0x00\"}\n\n{\"value\":12.50,\"key\":true}\n");
    assertThat(scan()).isEqualTo("a\t0x00\ntrue\t12.50\n");
  }

  @Test
  void aMemberCanBeTheKeyAndTheLineTheValue() {
    load("{\"id\": 7, \"tags\": [{\"id\": 8}]}\n", "--key", "id");
    assertThat(scan()).isEqualTo("7\t{\"id\": 7, \"tags\": [{\"id\": 8}]}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"key\":\"b\"}                          | there is no 'value'",
        "{\"key\":\"b\",\"value\":{}}              | 'value' is neither a string, a number, true"
            + " nor false: name the member that is the key by --key",
        "{\"key\":\"b\",\"value\":null}            | 'value' is neither",
        "{\"key\":\"b\",\"value\":\"\",\"x\":1}     | 'x'",
        "{\"key\":\"b\",\"key\":\"c\"}             | 'key' is there twice",
        "{\"key\":\"\",\"value\":\"\"}             | the key has 0 bytes",
        "{\"key\":\"0xg\",\"value\":\"\"}          | 0xg",
        "{\"key\":\"\\ud83d\",\"value\":\"\"}      | surrogate",
        "{\"key\":\"b\",\"value\":\"\"             | not JSON",
        "{\"key\":\"b\",\"value\":\"\"} {}         | follows",
        "[1]                                      | not a JSON object",
        "nonsense                                 | not JSON"
      })
  void aBadObjectIsToldWithItsLine(String line, String said) {
    Run run = load("{\"key\":\"a\",\"value\":\"\"}\n\n" + line + "\n");
    assertBad(run, said, 1);
    assertThat(run.err()).startsWith("tuff: standard input:3: ").hasLineCount(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"b,c,d   | 3 fields", "b       | 1 field;", "0xz,1   | 0xz", "\"b,1   | quote"})
  void aBadLineOfCsvIsToldWithItsNumber(String line, String said) throws IOException {
    Path file = Files.writeString(parent.resolve("in.csv"), "k,v\na,\"1\n2\"\n" + line + "\n");
    Run run = Run.of(db, "load", file.toString());
    assertBad(run, said, 1);
    assertThat(run.err()).startsWith("tuff: " + file + ":4: ");
  }

  @Test
  void whatIsNotUtf8IsNotGuessed() throws IOException {
    Path file = parent.resolve("in.csv");
    Files.write(file, new byte[] {'k', ',', 'v', '\n', (byte) 0xE9, ',', 'v', '\n'});
    Run run = Run.of(db, "load", file.toString());
    assertThat(run.exitCode()).isEqualTo(Tuff.USAGE);
    assertThat(run.err()).contains("not UTF-8");
  }

  @Test
  void columnsMustBeThereAndOnce() {
    assertThat(load("a,b\n", "--format", "csv", "--key", "c").err())
        .contains("no column 'c'; the first line names a, b");
    assertThat(load("a,a\n", "--format", "csv").err()).contains("two columns");
    assertThat(load("", "--format", "csv").out()).startsWith("ok: 0 records");
  }

  @Test
  void whatCannotBeLoadedCreatesNoStore() throws IOException {
    Path unknown = Files.writeString(parent.resolve("in.dat"), "x");
    for (Run run :
        new Run[] {
          Run.of(db, "load", unknown.toString()),
          Run.of(db, "load", parent.resolve("none.csv").toString()),
          Run.of(db, "load", parent.toString(), "--format", "csv"),
          load("x", "--format", "lines", "--key", "k"),
          load("x", "--format", "xml"),
          load("k,v\na,b\n", "--format", "csv", "--key", "nope"),
          load("nonsense\n"),
          load("x".repeat(70_000) + "\n", "--format", "lines"),
          load("x\n", "--format", "lines", "--keyspace", ""),
          load("x\n", "--format", "lines", "--keyspace", "\t")
        }) {
      assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.USAGE);
    }
    assertThat(db).doesNotExist();
  }

  @Test
  void aKeyspaceIsMadeForRecords() {
    assertThat(load("", "--keyspace", "none").out()).startsWith("ok: 0 records");
    assertBad(load("nonsense", "--keyspace", "none"), "not JSON", 0);
    assertThat(Run.of(db, "keyspaces").out()).doesNotContain("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl"})
  void whatIsDumpedCanBeLoaded(String format) {
    String records =
        """
        {"key":"0x00ff","value":"0x3078"}
        {"key":"a \\"quote\\", a comma","value":"\\\\ back"}
        {"key":"a","value":""}
        {"key":"\u00e9🔑","value":"0x610a62"}
        """;
    load(records);
    String before = scan();
    assertThat(before.lines()).hasSize(4);
    String dump = Run.of(db, "dump", "--format", format).out();
    Path copy = parent.resolve("copy");
    Run run = Run.withInput(dump, copy, "load", "-", "--format", format);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Run.of(copy, "scan").out()).isEqualTo(before);
  }

  @Test
  void manyRecordsGoInBatches() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2_500; i++) {
      lines.append("key%05d%n".formatted(i));
    }
    Run run = load(lines.toString(), "--format", "lines", "--keyspace", "k");
    assertThat(run.out()).startsWith("ok: 2,500 records");
    assertThat(Run.of(db, "scan", "--keys-only", "--keyspace", "k").out())
        .isEqualTo(lines.toString());
    assertThat(Run.of(db, "scan").out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"lines, 'a\nb\n'", "csv, 'k\na\nb\n'", "jsonl, '{\"key\":\"a\",\"value\":\"\"}\n'"})
  void aRecordThatDoesNotFitInMemoryIsToldWithItsLine(String format, String before) {
    InputStream in =
        new SequenceInputStream(
            new ByteArrayInputStream(before.getBytes(StandardCharsets.UTF_8)), memoryEnds());
    String[] args = {"--db", db.toString(), "load", "-", "--format", format};
    Run run = Run.run(in, new ByteArrayOutputStream(), new Interruption(), args);
    long line = before.lines().count() + 1;
    assertThat(run.err()).startsWith("tuff: standard input:" + line + ": out of memory: ");
    assertBad(run, "TUFF_JAVA_OPTS=-Xmx", scan().lines().count());
    assertThat(scan()).startsWith("a\t\n");
  }

  private static InputStream memoryEnds() {
    return new InputStream() {
      @Override
      public int read() {
        throw new OutOfMemoryError("Java heap space");
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        return read();
      }
    };
  }

  @Test
  void anInterruptedLoadKeepsWhatItLoaded() {
    Interruption interruption = new Interruption();
    byte[] lines = "line\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    ByteArrayInputStream in =
        new ByteArrayInputStream(lines) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            interruption.request();
            return super.read(into, offset, length);
          }
        };
    String[] args = {"--db", db.toString(), "load", "-", "--format", "lines"};
    Run run = Run.run(in, new ByteArrayOutputStream(), interruption, args);
    assertThat(run.exitCode()).isEqualTo(Tuff.INTERRUPTED);
    assertThat(run.err()).startsWith("tuff: interrupted\n");
  }

  @Test
  void aTerminalSeesABar() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream("a\n".getBytes(StandardCharsets.UTF_8)),
            new Output(new ByteArrayOutputStream()),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            100);
    Tuff.run(console, new Interruption(), "--db", db.toString(), "load", "-", "--format", "lines");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("load").contains("records/s");
  }
}
