package org.tuffdb.bench.large;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts this program anew, in a JVM of its own.
final class Jvm {
  private Jvm() {}

  /// A way to start it with so much heap; its output goes where that of this process goes.
  static ProcessBuilder with(long heapBytes, String command, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xmx" + (heapBytes >> 10) + "k");
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Large.class.getName()));
    line.add(command);
    line.addAll(arguments);
    return new ProcessBuilder(line).inheritIO();
  }

  /// Runs it to its end and reports if that was not a good one.
  static void run(ProcessBuilder builder, Report report) throws IOException, InterruptedException {
    int exitCode = builder.start().waitFor();
    if (exitCode != 0) {
      report.fail("the process ended with", Integer.toString(exitCode));
    }
  }
}
