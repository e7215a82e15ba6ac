package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.Db;

/// The commands as users call them: exit code, output, errors.
final class CommandsTest {
  @TempDir private Path parent;
  private Path db;

  @BeforeEach
  void chooseDirectory() {
    db = parent.resolve("store");
  }

  private Run tuff(String... args) {
    return Run.of(db, args);
  }

  private static void assertUsageError(Run run, String said) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.USAGE);
    assertThat(run.err()).startsWith("tuff: ").contains(said).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void whatWasPutIsThere() {
    assertThat(tuff("put", "hello", "world").out())
        .matches("ok: hello is on the disk \\(\\d+\\.\\d ms\\)\n");
    assertThat(tuff("get", "hello")).isEqualTo(new Run(Tuff.OK, "world\n", ""));
  }

  @Test
  void whatIsNotThereIsNotFound() {
    tuff("put", "a", "1");
    assertThat(tuff("get", "b")).isEqualTo(new Run(Tuff.NOT_FOUND, "", "tuff: not found: b\n"));
    assertThat(tuff("delete", "b").exitCode()).isEqualTo(Tuff.NOT_FOUND);
  }

  @Test
  void whatWasDeletedIsGone() {
    tuff("put", "a", "1");
    assertThat(tuff("delete", "a").out()).startsWith("ok: a is deleted, on the disk");
    assertThat(tuff("get", "a").exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(tuff("scan")).isEqualTo(new Run(Tuff.OK, "", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"get a", "delete a", "scan", "dump", "stats", "log"})
  void readingCreatesNoStore(String command) {
    Run run = tuff(command.split(" "));
    assertThat(run.exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(run.err()).contains("there is no store in " + db);
    assertThat(db).doesNotExist();
  }

  @Test
  void wordsThatLookLikeOptionsCanBeKeysAndValues() {
    tuff("put", "-5", "-x=y");
    tuff("put", "--", "--db", "-h");
    tuff("put", "--keyspace", "default", "--", "--hlp", "--");
    tuff("put", "@file", "get");
    assertThat(tuff("scan").out()).isEqualTo("--db\t-h\n--hlp\t--\n-5\t-x=y\n@file\tget\n");
    assertThat(tuff("get", "-5").out()).isEqualTo("-x=y\n");
  }

  @Test
  void aMistypedOptionIsNoKey() {
    assertUsageError(
        tuff("get", "--hlp"),
        "there is no option '--hlp': write -- before a word that begins with --");
    assertUsageError(tuff("put", "a", "--rwa=1"), "'--rwa=1'");
    assertUsageError(tuff("delete", "--keyspce=users", "--keyspace", "x"), "'--keyspce=users'");
    assertThat(db).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get --help",
        "put -h",
        "scan --help",
        "help get",
        "keyspaces -h",
        "help --help",
        "--help"
      })
  void everyCommandHasHelp(String command) {
    Run run = tuff(command.split(" "));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.OK);
    assertThat(run.out()).contains("Usage: tuff", "--help");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void sessionsNameCommandsWithoutTheProgram() {
    assertThat(Run.withInput("get\n", db, "shell").err()).contains("\n'help get' says more.\n");
    assertThat(Run.withInput("--nothing\n", db, "shell").err()).contains("\n'help' says more.\n");
  }

  @Test
  void bytesComeOutAsTheyCanGoIn() {
    tuff("put", "0x00ff", "0x3078");
    tuff("put", "t", "a\nb");
    assertThat(tuff("get", "0x00ff").out()).isEqualTo("0x3078\n");
    assertThat(tuff("get", "t").out()).isEqualTo("0x610a62\n");
    assertThat(tuff("get", "--raw", "t").out()).isEqualTo("a\nb");
    assertThat(tuff("scan", "--prefix", "0x00").out()).isEqualTo("0x00ff\t0x3078\n");
  }

  @Test
  void keysAreOrderedAsUnsignedBytes() {
    for (String key : new String[] {"0xff", "z", "0x00", "é", "0x7f"}) {
      tuff("put", key, "");
    }
    assertThat(tuff("scan", "--keys-only").out()).isEqualTo("0x00\nz\n0x7f\né\n0xff\n");
    assertThat(tuff("scan", "--keys-only", "--reverse", "--limit", "2").out())
        .isEqualTo("0xff\né\n");
  }

  @Test
  void scansTakeRanges() {
    Run.withInput("a\nab\nb\nc\n", db, "load", "-", "--format", "lines");
    assertThat(tuff("scan", "--from", "ab", "--to", "c").out()).isEqualTo("ab\t\nb\t\n");
    assertThat(tuff("scan", "--to", "b", "--reverse").out()).isEqualTo("ab\t\na\t\n");
    assertThat(tuff("scan", "--prefix", "a", "--json").out())
        .isEqualTo("{\"key\":\"a\",\"value\":\"\"}\n{\"key\":\"ab\",\"value\":\"\"}\n");
    assertThat(tuff("scan", "--keys-only", "--json", "--limit", "1").out())
        .isEqualTo("{\"key\":\"a\"}\n");
    assertThat(tuff("scan", "--limit", "0").out()).isEmpty();
  }

  @Test
  void keyspacesAreApart() {
    tuff("put", "a", "1", "--keyspace", "users");
    assertThat(tuff("get", "a").exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(tuff("get", "a", "--keyspace", "users").out()).isEqualTo("1\n");
    Run unknown = tuff("get", "a", "--keyspace", "user");
    assertThat(unknown.exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(unknown.err()).contains("no keyspace 'user'").contains("default, users");
  }

  @Test
  void misuseIsToldInALine() {
    assertUsageError(tuff("get"), "KEY");
    assertUsageError(tuff("put", "a"), "VALUE");
    assertUsageError(tuff("put", "a", "b", "c"), "'c'");
    assertUsageError(tuff("gte", "a"), "gte");
    assertUsageError(tuff("put", "", "x"), "the key has 0 bytes");
    assertUsageError(tuff("put", "0x1", "x"), "0x1");
    assertUsageError(tuff("load"), "FILE");
    assertUsageError(tuff("scan", "--limit", "-1"), "--limit");
    tuff("put", "a", "b");
    assertUsageError(
        tuff("scan", "--from", "0x62", "--to", "a"), "--from '0x62' comes after --to 'a'");
    assertUsageError(tuff("table", "99999999999"), "there is no table 99999999999");
    assertUsageError(tuff("scan", "--prefix", "b", "--to", "a"), "--prefix");
  }

  /// They could tell a terminal to do anything.
  @Test
  void controlCharactersOfDataAreNotPrinted() {
    try (Db open = Db.open(db)) {
      open.keyspace("k\u001b[2J\tx").put(new byte[] {1}, new byte[] {2});
    }
    Run load = Run.withInput("{\"\\u001b[2J\":1}\n", db, "load", "-");
    assertUsageError(load, "there is '?[2J'");
    assertUsageError(tuff("put", "0x\u001b[2J\u009b", "v"), "'0x?[2J?' begins with 0x");
    assertThat(tuff("get", "a", "--keyspace", "no").err())
        .contains("there are: default, k?[2J?x\n");
    for (String command : new String[] {"keyspaces", "levels", "log", "manifest"}) {
      assertThat(tuff(command).out()).as(command).contains("k?[2J?x").doesNotContain("\u001b");
    }
  }

  @Test
  void keyspacesWithControlCharactersAreNotMade() {
    Run run = tuff("put", "a", "b", "--keyspace", "a\tb");
    assertUsageError(run, "keyspace 'a?b' has control characters");
    assertThat(db).doesNotExist();
    try (Db open = Db.open(db)) {
      open.keyspace("a\tb");
    }
    assertThat(tuff("put", "a", "b", "--keyspace", "a\tb").exitCode()).isEqualTo(Tuff.OK);
    assertUsageError(
        Run.withInput("a\n", db, "load", "-", "--format", "lines", "--keyspace", "\u0007"), "'?'");
  }

  @Test
  void longDataIsCutInMessages() {
    Run run = tuff("put", "0x" + "🔑".repeat(10_000), "v");
    assertUsageError(run, "'0x" + "🔑".repeat(78) + "…' begins with 0x but");
    assertThat(Run.withInput("get '" + "x".repeat(10_000), db, "shell").err()).hasSizeLessThan(300);
  }

  /// As of a variable that is not set.
  @Test
  void anEmptyDirectoryIsRefused() {
    for (String command : new String[] {"scan", "put a b", "verify", "table 1"}) {
      String[] words = ("--db= " + command).split(" ");
      assertUsageError(Run.withoutStore(words), "--db is empty");
    }
  }

  /// As of a variable that is not set.
  @Test
  void anEmptyBoundRemovesNothing() {
    tuff("put", "a", "1");
    assertUsageError(tuff("delete-range", "--from", ""), "--from is empty");
    assertUsageError(tuff("delete-range", "--from", "a", "--to", ""), "--to is empty");
    assertThat(tuff("get", "a").out()).isEqualTo("1\n");
    assertThat(tuff("delete-range", "--prefix", "").exitCode()).isEqualTo(Tuff.OK);
    assertThat(tuff("scan").out()).isEmpty();
  }

  @Test
  void whatIsRefusedCreatesNoStore() {
    assertUsageError(tuff("put", "", "x"), "the key has 0 bytes");
    assertUsageError(tuff("put", "k".repeat(70_000), "x"), "the key has 70000 bytes");
    assertUsageError(tuff("put", "a", "x", "--keyspace", ""), "a keyspace's name has");
    assertUsageError(tuff("scan", "--limit", "-1"), "--limit");
    assertUsageError(tuff("scan", "--from", "b", "--prefix", "a"), "--prefix");
    assertThat(db).doesNotExist();
  }

  @Test
  void misuseNamesACommandThatSaysMore() {
    assertUsageError(tuff("put", "a"), "'tuff help put' says more.");
    assertThat(tuff("help", "put").exitCode()).isEqualTo(Tuff.OK);
    assertUsageError(tuff("--nothing"), "'tuff --help' says more.");
    assertThat(tuff("--help").exitCode()).isEqualTo(Tuff.OK);
  }

  @Test
  void aStoreThatIsOpenElsewhereIsAnErrorOfTheStore() {
    try (Db open = Db.open(db)) {
      Run run = tuff("get", "a");
      assertThat(open.stats().writable()).isTrue();
      assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
      assertThat(run.err()).startsWith("tuff: ").hasLineCount(1);
      assertThat(tuff("--debug", "get", "a").err()).contains("\tat org.tuffdb");
    }
  }

  @Test
  void damageIsAnErrorOfTheStore() throws IOException {
    tuff("put", "a", "b");
    Files.writeString(db.resolve("CURRENT"), "nonsense");
    Run run = tuff("get", "a");
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).contains("CURRENT").hasLineCount(1);
  }

  @Test
  void statsAreTextOrJson() {
    tuff("put", "a", "b");
    assertThat(tuff("stats").out()).containsPattern("entries +1\n");
    assertThat(tuff("stats", "--json").out()).startsWith("{\"entries\":1,").endsWith("true}\n");
  }

  @Test
  void theLogCanBeReadBesideAnOpenStore() {
    try (Db open = Db.open(db)) {
      open.put("k".getBytes(StandardCharsets.UTF_8), new byte[] {0});
      open.keyspace("users").delete("u".getBytes(StandardCharsets.UTF_8));
      Run run = tuff("log");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.OK);
      assertThat(run.out())
          .containsPattern("\\d+\\.log:\\d+\tput\t1\tdefault\tk\t0x00\n")
          .containsPattern("\\d+\\.log:\\d+\tdelete\t2\tusers\tu\n");
    }
    assertThat(tuff("log").out()).contains("\tseal\tsynced up to ");
  }

  @Test
  void theLogShowsWhereItIsDamaged() throws IOException {
    tuff("put", "needle", "value");
    try (var files = Files.list(db)) {
      Path log =
          files.filter(file -> file.toString().endsWith(".log")).sorted().findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(log);
      int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("needle");
      bytes[at] ^= 1;
      Files.write(log, bytes);
    }
    Run run = tuff("log");
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).contains("a record is damaged");
  }

  @Test
  void theReaderOfAPipeMayLeave() {
    tuff("put", "a", "b");
    assertThat(Run.withOutputFailing("Broken pipe", "", db, "scan"))
        .isEqualTo(new Run(Tuff.OK, "", ""));
    Run full = Run.withOutputFailing("No space left on device", "", db, "scan");
    assertThat(full.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(full.err())
        .isEqualTo("tuff: the output cannot be written: No space left on device\n");
  }

  @Test
  void memoryThatEndsIsToldInALine() {
    tuff("put", "a", "x".repeat(100_000));
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new OutOfMemoryError("Java heap space");
          }
        };
    Run run =
        Run.run(
            InputStream.nullInputStream(),
            out,
            new Interruption(),
            "--db",
            db.toString(),
            "get",
            "a");
    assertThat(run.err()).startsWith("tuff: out of memory: give more by ").hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
  }

  @Test
  void sessionsRunCommandsUpToTheFirstThatFails() {
    Run run = Run.withInput("put a 'x y'\n\n# note\nget nope\nget a\nget\nput b 1\n", db, "shell");
    assertThat(run.exitCode()).isEqualTo(Tuff.USAGE);
    assertThat(run.out()).contains("x y\n");
    assertThat(tuff("get", "b").exitCode()).isEqualTo(Tuff.NOT_FOUND);
    assertThat(Run.withInput("get a\nexit\nget\n", db, "shell").exitCode()).isEqualTo(Tuff.OK);
  }

  @Test
  void sessionsTakeWordsAsAUnixShellDoes() {
    String input =
        """
        put 'user 1' 'it'"'"'s'
          # don't
        \s
        scan --prefix="user 1"
        put k 'C:\\'
        """;
    Run run = Run.withInput(input, db, "shell");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("user 1\tit's\n");
    assertThat(tuff("get", "k").out()).isEqualTo("C:\\\n");
  }

  @Test
  void onlyBlanksThatAUnixShellKnowsSplitWords() {
    Run run = Run.withInput("put a\u2003b \u2003#\n\t put\tc d\r\n", db, "shell");
    assertThat(run.err()).isEmpty();
    assertThat(tuff("scan").out()).isEqualTo("a\u2003b\t\u2003#\nc\td\n");
  }

  @Test
  void quotesMayGoOverLinesOfAScript() {
    Run run = Run.withInput("put a 'x\n\n#y' \nput b \"\n\"\n", db, "shell");
    assertThat(run.err()).isEmpty();
    assertThat(tuff("get", "a", "--raw").out()).isEqualTo("x\n\n#y");
    assertThat(tuff("get", "b").out()).isEqualTo("0x0a\n");
  }

  @Test
  void theCommandThatEndsAScriptIsToldWithItsLine() {
    Run run = Run.withInput("get a\nput a 'x\ny'\n\nget\nput b 1\n", db, "shell");
    assertThat(run.exitCode()).isEqualTo(Tuff.USAGE);
    assertThat(run.err()).endsWith("tuff: standard input:5: this command ended the script\n");
    assertUsageError(
        Run.withInput("\nput 'a b\nget a\n", db, "shell"),
        "standard input:2: a quote is not closed");
  }

  @Test
  void sessionsDoNotLoadWhatTheirCommandsComeFrom() {
    assertUsageError(Run.withInput("load -\nget a\n", db, "shell"), "name a file");
  }

  /// Whoever left would not learn of what fails.
  @Test
  void sessionsEndWhenTheReaderOfTheirOutputHasLeft() {
    Run.withOutputFailing("Broken pipe", "put a 1\nscan\nput b 2\n", db, "shell");
    assertThat(tuff("get", "b").exitCode()).isEqualTo(Tuff.NOT_FOUND);
  }

  @Test
  void aStoreWhoseCurrentIsGoneIsDamagedAndNotAbsent() throws IOException {
    tuff("put", "a", "1");
    Files.delete(db.resolve("CURRENT"));
    Run run = tuff("get", "a");
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).contains("CURRENT", "missing");
  }

  @Test
  void sessionsHaveOneStore() {
    assertUsageError(Run.withInput("put --db other a b\n", db, "shell"), "--db");
    assertUsageError(Run.withInput("shell\n", db, "shell"), "shell");
    assertUsageError(Run.withInput("put 'a b\n", db, "shell"), "quote");
  }
}
