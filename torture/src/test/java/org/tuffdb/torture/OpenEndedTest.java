package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenEndedTest {
  @Test
  void aNumberIsNotBelievedForItsChecksum() throws Exception {
    assertThat(Brief.run(OpenEnded.STRUCTURES, 500)).matches("500 cases, .* violations: 0, .*");
  }

  @Test
  void everyFormatIsFuzzed() throws Exception {
    assertThat(Brief.run(OpenEnded.FUZZ, 800))
        .matches(
            "log .*; table .*; manifest .*; batch .*; csv .*; tsv .*; jsonl .*; lines .*; violations: 0, seed 1");
  }

  @Test
  void aKeptInputIsReadAgain(@TempDir Path directory) throws Exception {
    Path input = Files.writeString(directory.resolve("csv"), "a,b\n");
    Settings settings =
        new Settings(OptionalInt.empty(), OptionalInt.empty(), 1, Optional.of(input));
    assertThat(OpenEnded.FUZZ.run(settings)).isEqualTo("csv reads " + input + ": violations: 0");
  }
}
