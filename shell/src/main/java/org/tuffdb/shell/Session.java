package org.tuffdb.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.SyntaxError;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.tuffdb.Db;
import picocli.CommandLine;

/// Takes commands and runs them on one open store. Words are separated and quoted as in a Unix
/// shell.
final class Session {
  private static final String PROMPT = "tuff> ";

  private final Db db;
  private final Path directory;
  private final Console console;
  private final Interruption interruption;
  private final CommandLine commands;
  private final DefaultParser parser = new DefaultParser();

  /// @param commands what can be completed
  Session(Db db, Path directory, Console console, Interruption interruption, CommandLine commands) {
    this.db = db;
    this.directory = directory;
    this.console = console;
    this.interruption = interruption;
    this.commands = commands;
    parser.setEofOnUnclosedQuote(true);
  }

  /// Runs commands until there are no more, and returns the exit code.
  int run() throws IOException {
    return console.inIsTerminal() && console.outIsTerminal() ? converse() : runAll();
  }

  private int converse() throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      terminal.handle(Terminal.Signal.INT, _ -> interruption.request());
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("tuff")
              .parser(parser)
              .completer(new SessionCompleter(db, commands))
              .variable(LineReader.HISTORY_FILE, history())
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      console.err().println("Commands as after ./tuff; help lists them, exit ends. " + directory);
      while (converse(reader)) {
        // each turn runs one command
      }
      return Tuff.OK;
    }
  }

  private boolean converse(LineReader reader) {
    try {
      reader.readLine(PROMPT);
      List<String> words = reader.getParsedLine().words();
      if (isExit(words)) {
        return false;
      }
      run(words);
      return true;
    } catch (UserInterruptException _) {
      return true;
    } catch (EndOfFileException _) {
      return false;
    }
  }

  /// The history holds keys and values: it is for the user alone.
  private static Path history() throws IOException {
    Path file = Path.of(System.getProperty("user.home"), ".tuff_history");
    if (!Files.exists(file)
        && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return file;
  }

  private int runAll() throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
    int exitCode = Tuff.OK;
    for (String line; exitCode < Tuff.USAGE && (line = lines.readLine()) != null; ) {
      List<String> words = split(line);
      if (isExit(words)) {
        break;
      }
      exitCode = Math.max(exitCode, run(words));
    }
    return exitCode;
  }

  private List<String> split(String line) {
    try {
      return parser.parse(line, line.length()).words();
    } catch (SyntaxError unfinished) {
      throw new UsageException("a quote is not closed: " + line);
    }
  }

  private static boolean isExit(List<String> words) {
    return words.getFirst().equals("exit") || words.getFirst().equals("quit");
  }

  private int run(List<String> words) {
    String first = words.getFirst();
    if (first.isEmpty() || first.startsWith("#")) {
      return Tuff.OK;
    }
    interruption.clear();
    return Tuff.runWithin(db, directory, console, interruption, words.toArray(String[]::new));
  }
}
