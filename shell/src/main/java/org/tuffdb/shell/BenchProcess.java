package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.TuffStore;
import org.tuffdb.workload.Workloads;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Runs one workload in a JVM of its own: what another one has had compiled, loaded and allocated
/// must not count, and one kind of store is left by a process that ends at once.
final class BenchProcess {
  private static final String STORE = "tuffdb";
  private static final String JAVA_OPTIONS = "TUFF_JAVA_OPTS";
  private static final int POLL_MILLIS = 50;

  /// What a process has that Ctrl-C ended.
  private static final int EXIT_INTERRUPTED = 130;

  private BenchProcess() {}

  /// Runs in the process.
  ///
  /// @param args name of the workload, file for the result, settings as JSON
  public static void main(String[] args) throws IOException {
    Settings settings = Settings.of(fields(args[2]));
    Result result;
    try {
      result = Run.run(STORE, TuffStore::open, Workloads.named(args[0]).orElseThrow(), settings);
    } catch (Exception failure) {
      result = Result.failed(STORE, args[0], Messages.of(cause(failure)));
    }
    Files.writeString(Path.of(args[1]), result.toJson());
  }

  private static Throwable cause(Exception failure) {
    Throwable cause = failure.getCause();
    return failure instanceof ExecutionException && cause != null ? cause : failure;
  }

  /// Runs a workload. Its result is a failure if the process ended without one.
  static Result run(String workload, Settings settings, Interruption interruption)
      throws IOException, InterruptedException {
    Path file = beside(settings, ".json");
    Path log = beside(settings, ".log");
    int exitCode = start(workload, settings, file, log, interruption);
    if (exitCode == EXIT_INTERRUPTED) {
      interruption.request();
    }
    return Files.exists(file)
        ? Result.of(fields(Files.readString(file)))
        : Result.failed(STORE, workload, "ended with " + exitCode + firstLine(log));
  }

  private static Path beside(Settings settings, String ending) {
    return settings.directory().resolveSibling(settings.directory().getFileName() + ending);
  }

  private static int start(
      String workload, Settings settings, Path file, Path log, Interruption interruption)
      throws IOException, InterruptedException {
    Files.deleteIfExists(file);
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // To give back free memory of the C library, beyond that of the store which is measured.
    line.add("--enable-native-access=ALL-UNNAMED");
    line.addAll(javaOptions());
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of(BenchProcess.class.getName(), workload, file.toString()));
    line.add(settings.toJson());
    return await(
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
        interruption);
  }

  private static List<String> javaOptions() {
    String options = System.getenv().getOrDefault(JAVA_OPTIONS, "").strip();
    return options.isEmpty() ? List.of() : List.of(options.split("\\s+"));
  }

  /// Waits until the process has ended, and ends it when the user wants that.
  private static int await(Process process, Interruption interruption) throws InterruptedException {
    try {
      while (!interruption.isRequested() && !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {}
    } finally {
      process.destroyForcibly().waitFor();
    }
    return process.exitValue();
  }

  private static String firstLine(Path log) throws IOException {
    return Files.readAllLines(log).stream().findFirst().map(line -> ": " + line).orElse("");
  }

  /// The fields of a JSON object, each as text.
  private static Map<String, String> fields(String json) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          fields.put(parser.currentName(), parser.getString());
        }
      }
    }
    return fields;
  }
}
