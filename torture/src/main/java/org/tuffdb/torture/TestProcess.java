package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A test of the engine in a process of its own.
///
/// @param path the class path
/// @param method as `Class#method`
/// @param properties system properties that tell the test what is wanted
record TestProcess(List<String> path, String method, Map<String, String> properties) {
  /// How the test ended.
  enum Verdict {
    SOUND,
    FOUND,
    /// It was given no more time: it hangs, or was too slow.
    TIMED_OUT
  }

  /// What the test ended with.
  ///
  /// @param lastLine what it printed last: its figures, or what it found
  record Outcome(Verdict verdict, String lastLine) {
    boolean isSound() {
      return verdict == Verdict.SOUND;
    }

    /// The figures.
    ///
    /// @throws Violation if it found something
    String requireSound() {
      if (!isSound()) {
        throw new Violation(lastLine);
      }
      return lastLine;
    }
  }

  /// Runs it.
  ///
  /// @param timeoutNanos after which it is killed
  /// @throws IOException if it ended in any other way, such as by somebody else's kill for want of
  ///   memory
  Outcome run(long timeoutNanos) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Command.java());
    command.addAll(List.of("-ea", "-Xmx1g"));
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", String.join(":", path), TestMethod.class.getName(), method));
    Cleanup.stopIfEnding();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    AutoCloseable kill = process::destroyForcibly;
    Cleanup.add(kill);
    try {
      return outcome(process, timeoutNanos);
    } finally {
      process.destroyForcibly();
      Cleanup.remove(kill);
    }
  }

  private static Outcome outcome(Process process, long timeoutNanos)
      throws IOException, InterruptedException {
    AtomicBoolean timedOut = new AtomicBoolean();
    Thread watch = Thread.ofVirtual().start(() -> killAfter(timeoutNanos, process, timedOut));
    String last = lastLine(process);
    int exit = process.waitFor();
    watch.interrupt();
    if (exit == Child.EXIT_KILLED && timedOut.get()) {
      return new Outcome(Verdict.TIMED_OUT, "no end after " + timeoutNanos / 1_000_000_000 + " s");
    }
    return switch (exit) {
      case TestMethod.SOUND -> new Outcome(Verdict.SOUND, last);
      case TestMethod.FAILED -> new Outcome(Verdict.FOUND, last);
      default -> throw new IOException("the test ended with " + exit + ": " + last);
    };
  }

  private static void killAfter(long nanos, Process process, AtomicBoolean timedOut) {
    try {
      if (!process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
        timedOut.set(true);
        process.destroyForcibly();
      }
    } catch (InterruptedException ended) {
      // There is nothing to kill any more.
    }
  }

  private static String lastLine(Process process) throws IOException {
    String last = "";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        last = line.isBlank() ? last : line.strip();
      }
    }
    return last;
  }
}
