package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bench.MemoryCgroup;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;

/// Starts the JVMs in which is measured.
///
/// @param directory for what they write beside their stores
/// @param timeLimitSeconds after which one is ended
/// @param echo whether what they print is shown
record Launch(
    Path directory, int heapMib, int timeLimitSeconds, List<String> javaOptions, boolean echo) {

  Launch withHeap(int mib) {
    return new Launch(directory, mib, timeLimitSeconds, javaOptions, echo);
  }

  /// Runs a workload. It has failed if it writes no result.
  Result run(String store, String workload, Settings settings, @Nullable MemoryCgroup group)
      throws ChildFailure, IOException, InterruptedException {
    Path result = directory.resolve("result.json");
    Files.deleteIfExists(result);
    start(store, workload, settings, result, group);
    if (Files.notExists(result)) {
      throw new ChildFailure("ended without a result");
    }
    return Result.of(Json.objects(Files.readString(result)).getFirst());
  }

  /// Runs a workload that only prepares a store, and may end without a result.
  void prepare(String store, String workload, Settings settings)
      throws ChildFailure, IOException, InterruptedException {
    start(store, workload, settings, directory.resolve("result.json"), null);
  }

  private void start(
      String store, String workload, Settings settings, Path result, @Nullable MemoryCgroup group)
      throws ChildFailure, IOException, InterruptedException {
    Path temporary = Files.createDirectories(directory.resolve("tmp")).toAbsolutePath();
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xmx%dm".formatted(heapMib));
    line.addAll(Peers.JVM_OPTIONS);
    line.add("-Djava.io.tmpdir=" + temporary);
    line.addAll(javaOptions);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    line.addAll(Child.arguments(store, workload, settings, result));
    ProcessBuilder builder = new ProcessBuilder(line);
    // Native memory then depends on what is in use, and not on how many threads have come and gone.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    if (group != null) {
      group.enclose(builder);
    }
    Path log = directory.resolve("child.log");
    try {
      await(builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
    } finally {
      // Native libraries: a process that is halted leaves them behind.
      Run.deleteAll(temporary);
    }
  }

  private void await(Process process, Path log)
      throws ChildFailure, IOException, InterruptedException {
    try {
      if (!process.waitFor(timeLimitSeconds, TimeUnit.SECONDS)) {
        throw new ChildFailure("not done after %d s".formatted(timeLimitSeconds));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<String> lines = Files.readAllLines(log);
    if (echo) {
      lines.forEach(System.out::println);
    }
    if (process.exitValue() != 0) {
      throw new ChildFailure(message(lines, process.exitValue()));
    }
  }

  /// The innermost cause that the process has printed.
  private static String message(List<String> lines, int exitCode) {
    String message = "ended with " + exitCode;
    for (String line : lines) {
      if (line.startsWith("Caused by: ") || (message.startsWith("ended") && isThrowable(line))) {
        message = line.replace("Caused by: ", "").strip();
      }
    }
    return message;
  }

  private static boolean isThrowable(String line) {
    return line.matches("(Exception in thread \"\\S+\" )?[a-z]\\w*(\\.[\\w$]+)+(: .*)?");
  }

  /// Runs a program of the system.
  static void program(String... line) throws IOException, InterruptedException {
    int exitCode = new ProcessBuilder(line).inheritIO().start().waitFor();
    if (exitCode != 0) {
      throw new IOException("ended with %d: %s".formatted(exitCode, String.join(" ", line)));
    }
  }
}
