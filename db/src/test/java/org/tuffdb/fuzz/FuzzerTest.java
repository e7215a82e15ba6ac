package org.tuffdb.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tuffdb.forge.Pace;
import org.tuffdb.forge.Watch;

/// The fuzzer sees what it looks for.
class FuzzerTest {
  private static final int INPUTS = 200_000;

  private Fuzzer fuzzer(boolean isGuided) {
    Target maze = new ProbedClasses().target(MazeTarget.class.getName());
    return new Fuzzer(maze, new SplittableRandom(1), isGuided);
  }

  @Test
  void edgesLeadThroughTheMaze() {
    Fuzzer guided = fuzzer(true);
    assertThatThrownBy(() -> Watch.over(watch -> guided.run(Pace.of(INPUTS), watch)))
        .isInstanceOf(AssertionError.class);
    assertThat(new String(guided.current(), US_ASCII)).startsWith("exit");
  }

  @Test
  void withoutThemNobodyFindsOut() throws InterruptedException {
    Fuzzer blind = fuzzer(false);
    Watch.over(watch -> blind.run(Pace.of(INPUTS), watch));
    assertThat(blind.toString()).contains("200,001 inputs").endsWith("corpus 1");
  }

  @Test
  void whatNoReaderMayDoIsSeen() {
    assertThatThrownBy(() -> leave(9)).hasMessageContaining("out");
    assertThatThrownBy(() -> leave(10)).hasMessageContaining("hangs");
    assertThatThrownBy(() -> leave(11)).hasMessageContaining("65,536 KiB were allocated");
  }

  private void leave(int length) throws InterruptedException {
    byte[] input = Arrays.copyOf("exit".getBytes(US_ASCII), length);
    Fuzzer fuzzer = fuzzer(true);
    Watch.over(watch -> {
      try {
        boolean _ = fuzzer.tryOne(input, watch);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    });
  }
}
