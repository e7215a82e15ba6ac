package org.tuffdb.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.tuffdb.forge.Pace;
import org.tuffdb.forge.Watch;

/// What reads a format reads anything: it answers, or refuses as declared, in time and in little
/// memory.
class FuzzTest {
  private static final long SEED = Long.getLong("tuffdb.seed", 1);
  private static final int INPUTS = 40_000;

  /// A file that holds an input to be read once more, and has the name of the target.
  private static final String INPUT = "tuffdb.input";

  private final ProbedClasses classes = new ProbedClasses();

  @Test
  void everyFormat() throws Exception {
    String again = System.getProperty(INPUT);
    if (again != null) {
      readOnce(Path.of(again));
      return;
    }
    List<Target> targets = Targets.all(classes);
    List<String> figures = new ArrayList<>();
    for (Target target : targets) {
      Fuzzer fuzzer = new Fuzzer(target, new SplittableRandom(SEED), true);
      Pace pace = Pace.shared(INPUTS, targets.size());
      watch(target, fuzzer, watch -> fuzzer.run(pace, watch));
      System.out.println(fuzzer);
      figures.add(fuzzer.toString());
    }
    System.out.printf("%s; violations: 0, seed %d%n", String.join("; ", figures), SEED);
  }

  private void readOnce(Path input) throws IOException, InterruptedException {
    String name = String.valueOf(input.getFileName());
    for (Target target : Targets.all(classes)) {
      if (target.name().equals(name)) {
        byte[] content = Files.readAllBytes(input);
        Fuzzer fuzzer = new Fuzzer(target, new SplittableRandom(SEED), true);
        watch(target, fuzzer, watch -> read(fuzzer, content, watch));
        System.out.printf("%s reads %s: violations: 0%n", name, input);
        return;
      }
    }
    throw new IllegalArgumentException("there is no target " + name);
  }

  private static void read(Fuzzer fuzzer, byte[] input, Watch watch) {
    try {
      boolean _ = fuzzer.tryOne(input, watch);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void watch(Target target, Fuzzer fuzzer, Consumer<Watch> work)
      throws IOException, InterruptedException {
    try {
      Watch.over(work);
    } catch (AssertionError violation) {
      Path kept = Files.createTempDirectory("tuffdb-fuzz-").resolve(target.name());
      Files.write(kept, fuzzer.current());
      AssertionError told =
          new AssertionError(
              "%s: %s, seed %d; the input is kept: torture/run fuzz --input %s"
                  .formatted(target.name(), violation.getMessage(), SEED, kept));
      told.addSuppressed(violation);
      throw told;
    }
  }
}
