package org.tuffdb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// What makes no sense is refused before anything is measured.
class CompareTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "--rounds 0, --rounds is to be",
    "--seconds NaN, --seconds is to be",
    "--seconds 0, --seconds is to be",
    "--entries -5, --entries is to be",
    "--value-bytes -1, --value-bytes is to be",
    "--warm-seconds NaN, --warm-seconds is to be",
    "--memory-mib 0, --memory-mib is to be",
    "--large-mib 2, --large-mib is to be 128",
    "--json missing/a.json, --json cannot be written",
    "--svg missing/a.svg, --svg cannot be written",
    "--render missing.json, no file missing.json",
    "--workloads load-plain, no workload load-plain",
    "--workloads stop-plain, no workload stop-plain",
    "--stores rocks, no store rocks"
  })
  void misuseIsTold(String arguments, String said) {
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new Compare())
            .setErr(new PrintWriter(err))
            .execute(("--directory " + directory + " " + arguments).split(" "));
    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).startsWith(said);
    assertThat(directory).isEmptyDirectory();
  }
}
