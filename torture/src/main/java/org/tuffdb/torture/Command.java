package org.tuffdb.torture;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Runs commands of the operating system.
final class Command {
  /// Where the tools of the system's owner are, which need not be in the path.
  private static final List<String> ADMIN_FOLDERS = List.of("/usr/sbin", "/sbin");

  private Command() {}

  /// Runs a command to its end and returns what it printed.
  ///
  /// @throws IOException if it does not end with 0
  static String run(String... command) throws IOException {
    Process process =
        start(List.of(command))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = await(process);
    if (exit != 0) {
      throw new IOException(
          "%s ended with %d: %s".formatted(String.join(" ", command), exit, output.strip()));
    }
    return output;
  }

  /// A command that is to run beside this process.
  static ProcessBuilder start(List<String> command) throws IOException {
    List<String> found = new ArrayList<>(command);
    String name = command.getFirst();
    found.set(0, find(name).orElseThrow(() -> new IOException("there is no " + name)).toString());
    return new ProcessBuilder(found);
  }

  /// Waits for the end of `process`. An interrupt does not end this, and is kept.
  static int await(Process process) {
    return process.onExit().join().exitValue();
  }

  /// The JVM that this one is.
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /// Where the command is.
  static Optional<Path> find(String name) {
    List<String> folders = new ArrayList<>();
    folders.addAll(Arrays.asList(System.getenv().getOrDefault("PATH", "").split(":", -1)));
    folders.addAll(ADMIN_FOLDERS);
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static void require(String... names) throws CannotRun {
    for (String name : names) {
      if (find(name).isEmpty()) {
        throw new CannotRun("there is no " + name);
      }
    }
  }

  static void requireRoot() throws CannotRun {
    try {
      if (find("id").isEmpty() || !run("id", "-u").strip().equals("0")) {
        throw new CannotRun("only root can mount file systems");
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
