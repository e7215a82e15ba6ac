package org.tuffdb.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A command that was run in this process, and what came of it.
///
/// @param out what it printed on the standard output
/// @param err what it printed on the standard error
record Run(int exitCode, String out, String err) {
  /// Runs `tuff --db directory args`.
  static Run of(Path directory, String... args) {
    return withInput("", directory, args);
  }

  /// Runs `tuff args`.
  static Run withoutStore(String... args) {
    return interrupted(new Interruption(), args);
  }

  /// The same, and the user may want it to end.
  static Run interrupted(Interruption interruption, String... args) {
    return run("", interruption, args);
  }

  /// Runs `tuff --db directory args` with `input` on the standard input.
  static Run withInput(String input, Path directory, String... args) {
    String[] all =
        Stream.concat(Stream.of("--db", directory.toString()), Stream.of(args))
            .toArray(String[]::new);
    return run(input, new Interruption(), all);
  }

  private static Run run(String input, Interruption interruption, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new Output(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            0);
    int exitCode = Tuff.run(console, interruption, args);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
