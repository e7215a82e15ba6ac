package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The process that is short of stack or memory: goes through one [StarvedSession] after the other,
/// until it has been through all, or is killed. If it hangs, it says where.
final class StarvedProcess {
  /// Some seconds are what it takes; on a slow machine that does other things, too, it took 44
  /// where the heap was short.
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final int FRAMES_SHOWN = 16;

  private final Path directory;
  private final Shortage shortage;
  private final Reporter reporter = new Reporter(new Report.Pipe());

  private StarvedProcess(Path directory, Shortage shortage) {
    this.directory = directory;
    this.shortage = shortage;
  }

  /// Waits for a line of orders: a seed of its own and that of the steps.
  ///
  /// @param args the store and a [Shortage]
  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    @Nullable String line = in.readLine();
    if (line != null) {
      List<String> orders = Arrays.asList(line.split(" ", -1));
      new StarvedProcess(Path.of(args[0]), Shortage.valueOf(args[1]))
          .runInTime(Long.parseLong(orders.get(0)), Long.parseLong(orders.get(1)));
      // Waits for the parent to kill it, or to end.
      in.readLine();
    }
  }

  private void runInTime(long seed, long stepsSeed) {
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> reporter.befellBackground(thrown));
    SplittableRandom random = new SplittableRandom(seed);
    Starvation starvation = new Starvation(shortage, random.split());
    Thread life =
        Thread.ofPlatform().daemon().name("life").start(() -> run(stepsSeed, starvation, random));
    try {
      if (!life.join(PATIENCE)) {
        // What cannot be told for want of memory is not told at all: this process would just end.
        starvation.relieve();
        throw new Violation("it hangs: " + stacks());
      }
    } catch (InterruptedException | Violation failure) {
      reporter.failed(failure);
    }
  }

  private void run(long stepsSeed, Starvation starvation, SplittableRandom random) {
    try {
      StarvedSession session =
          new StarvedSession(directory, shortage, stepsSeed, reporter, starvation, random);
      for (int i = 0; i < shortage.sessions(); i++) {
        session.run();
        // Not before every class has been in use: one that cannot be initialized is lost for good.
        starvation.arise();
      }
      // Or else the store ends with the process.
      if (random.nextBoolean()) {
        session.end();
      }
      // The main thread goes on to wait for its end, and is to find memory for that.
      starvation.relieve();
      reporter.enter(Phase.IDLE);
    } catch (Throwable failure) {
      starvation.relieve();
      reporter.failed(failure);
    }
  }

  private static String top(StackTraceElement[] stack) {
    return Stream.of(stack).limit(FRAMES_SHOWN).toList().toString();
  }

  private static String stacks() {
    return Thread.getAllStackTraces().entrySet().stream()
        .map(thread -> thread.getKey() + " " + top(thread.getValue()))
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
