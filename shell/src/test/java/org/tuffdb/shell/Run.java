package org.tuffdb.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
    return run(input, new Interruption(), in(directory, args));
  }

  /// The same, and each write to the standard output fails for `reason`.
  static Run withOutputFailing(String reason, String input, Path directory, String... args) {
    OutputStream failing =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(reason);
          }
        };
    return run(input, failing, new Interruption(), in(directory, args));
  }

  private static String[] in(Path directory, String... args) {
    return Stream.concat(Stream.of("--db", directory.toString()), Stream.of(args))
        .toArray(String[]::new);
  }

  private static Run run(String input, Interruption interruption, String... args) {
    return run(input, new ByteArrayOutputStream(), interruption, args);
  }

  private static Run run(
      String input, OutputStream out, Interruption interruption, String... args) {
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return run(in, out, interruption, args);
  }

  /// Runs `tuff args` with these standard streams, of which none is a terminal.
  static Run run(InputStream in, OutputStream out, Interruption interruption, String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errPrinter = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(in, new Output(out), errPrinter, false, false, 0);
    int exitCode = Tuff.run(console, interruption, args);
    String printed =
        out instanceof ByteArrayOutputStream bytes ? bytes.toString(StandardCharsets.UTF_8) : "";
    return new Run(exitCode, printed, err.toString(StandardCharsets.UTF_8));
  }
}
