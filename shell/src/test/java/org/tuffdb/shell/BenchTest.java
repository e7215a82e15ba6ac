package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tuffdb.Db;
import org.tuffdb.workload.Workloads;

/// What `bench` prints, refuses, and leaves alone.
final class BenchTest {
  private static final String FIGURES = "( +[\\d,.]+( [a-zA-Zµ]+)?){10}";

  @TempDir private Path parent;

  private static Run bench(String... args) {
    return Run.withoutStore(
        Stream.concat(Stream.of("bench"), Stream.of(args)).toArray(String[]::new));
  }

  private Run shortBench(String... workloads) {
    return bench(
        Stream.concat(
                Stream.of("--directory", parent.toString(), "--entries", "2000"),
                Stream.of(workloads))
            .toArray(String[]::new));
  }

  private static void assertUsageError(Run run, String said) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.USAGE);
    assertThat(run.err()).startsWith("tuff: ").contains(said);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void everyKindOfWorkloadHasItsLine() {
    List<String> names = List.of("fillseq", "readseq", "overwrite", "reopen");
    Run run = shortBench(names.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(Tuff.OK);
    assertThat(run.out()).startsWith("2,000 entries, values of 100 B, memory ");
    List<String> lines = run.out().lines().skip(2).limit(names.size()).toList();
    for (int i = 0; i < names.size(); i++) {
      assertThat(lines.get(i)).matches(names.get(i) + FIGURES);
    }
    assertThat(run.out()).contains("readseq: a latency is of 1,000 operations together\n");
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void whatIsCutShortSaysSo() {
    Run run = shortBench("--seconds", "0.001", "--threads", "2", "fillsync-1");
    assertThat(run.out()).containsPattern("fillsync-1: cut short after [0-9.]+ s and \\d+ op");
  }

  @Test
  void theWorkloadsAreListed() {
    Run run = bench("--list");
    assertThat(run.exitCode()).isEqualTo(Tuff.OK);
    assertThat(run.out().lines().skip(1))
        .hasSize(Workloads.all().size())
        .anyMatch(line -> line.matches("readrandom-2 +all entries +plain +2"));
  }

  @ParameterizedTest
  @CsvSource({
    "fillsq, 'there is no workload ''fillsq'': bench --list'",
    "load-plain, no workload",
    "--entries 0, --entries",
    "--entries many, --entries",
    "--value-bytes -1, --value-bytes",
    "--threads 0, --threads",
    "--seconds 0, --seconds",
    "--memory 3x, is no number of bytes: write for instance 512m",
    "--memory 99999999999g, is no number of bytes",
    "--memory 1k, 1048576",
    "--db x, --db"
  })
  void misuseIsToldInALine(String arguments, String said) {
    assertUsageError(bench(arguments.split(" ")), said);
  }

  @Test
  void aStoreThatIsThereIsNotTouched() {
    try (Db db = Db.open(parent)) {
      db.put("a".getBytes(StandardCharsets.UTF_8), new byte[1]);
    }
    assertUsageError(shortBench("fillseq"), "--directory is a store");
  }

  @Test
  void theUserMayEndIt() {
    Interruption interruption = new Interruption();
    interruption.request();
    Run run = Run.interrupted(interruption, "bench", "--directory", parent.toString(), "fillseq");
    assertThat(run.exitCode()).isEqualTo(Tuff.INTERRUPTED);
    assertThat(run.out()).doesNotContain("fillseq");
    assertThat(Files.exists(parent)).isTrue();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void aProcessThatFailsIsAnErrorOfTheStore() {
    Run run = shortBench("--value-bytes", "2147483647", "fillseq", "readrandom");
    assertThat(run.exitCode()).isEqualTo(Tuff.STORE_ERROR);
    assertThat(run.err()).contains("tuff: fillseq: ").contains("tuff: readrandom: ");
  }
}
