package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A test of the engine in a process of its own.
///
/// @param path the class path
/// @param method as `Class#method`
/// @param properties system properties that tell the test what is wanted
record TestProcess(List<String> path, String method, Map<String, String> properties) {
  /// What the test ended with.
  ///
  /// @param lastLine what it printed last: its figures, or what it found
  record Outcome(boolean isSound, String lastLine) {
    /// The figures.
    ///
    /// @throws Violation if it found something
    String requireSound() {
      if (!isSound) {
        throw new Violation(lastLine);
      }
      return lastLine;
    }
  }

  /// Runs it.
  ///
  /// @param timeoutNanos after which it counts as one that found something: it hangs
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
    Thread watch = Thread.ofVirtual().start(() -> killAfter(timeoutNanos, process));
    String last = lastLine(process);
    int exit = process.waitFor();
    watch.interrupt();
    return switch (exit) {
      case TestMethod.SOUND -> new Outcome(true, last);
      case TestMethod.FAILED -> new Outcome(false, last);
      case Child.EXIT_KILLED -> new Outcome(false, "it hangs");
      default -> throw new IOException("the test ended with " + exit + ": " + last);
    };
  }

  private static void killAfter(long nanos, Process process) {
    try {
      if (!process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
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
