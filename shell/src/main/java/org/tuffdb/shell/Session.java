package org.tuffdb.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.LineNumberReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.tuffdb.Db;

/// Takes commands and runs them on one open store: the [Words] of each line.
final class Session {
  private static final String PROMPT = "tuff> ";

  /// Held, as a logger that nobody holds forgets its level. It would write between what is typed.
  private static final Logger TERMINAL_LOG = Logger.getLogger("org.jline");

  private final Db db;
  private final Path directory;
  private final Console console;
  private final Interruption interruption;
  private final DefaultParser parser = new DefaultParser();

  Session(Db db, Path directory, Console console, Interruption interruption) {
    this.db = db;
    this.directory = directory;
    this.console = console;
    this.interruption = interruption;
  }

  /// Runs commands until there are no more, and returns the exit code.
  int run() throws IOException {
    return console.inIsTerminal() && console.outIsTerminal() ? converse() : runAll();
  }

  private int converse() throws IOException {
    TERMINAL_LOG.setLevel(Level.OFF);
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).encoding(StandardCharsets.UTF_8).build()) {
      terminal.handle(Terminal.Signal.INT, _ -> interruption.request());
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("tuff")
              .parser(this::parse)
              .completer(new SessionCompleter(db, Tuff.commands(db, directory)))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      history().ifPresent(file -> reader.setVariable(LineReader.HISTORY_FILE, file));
      console.err().println("Commands as after ./tuff; help lists them, exit ends. " + directory);
      while (converse(reader)) {
        // each turn runs one command
      }
      return Tuff.OK;
    }
  }

  private boolean converse(LineReader reader) {
    try {
      List<String> words = Words.of(reader.readLine(PROMPT));
      if (isExit(words)) {
        return false;
      }
      int _ = run(words);
      return true;
    } catch (UserInterruptException _) {
      return true;
    } catch (EndOfFileException _) {
      return false;
    }
  }

  /// What is to be completed is for the parser to say, and whether the line goes on for [Words].
  private ParsedLine parse(String line, int cursor, Parser.ParseContext context) {
    if (context == Parser.ParseContext.ACCEPT_LINE && Words.goOnBehind(line)) {
      throw new EOFError(-1, -1, "a quote is not closed");
    }
    return parser.parse(line, cursor, context);
  }

  /// The history holds keys and values: it is for the user alone. None where it cannot be made.
  private static Optional<Path> history() {
    Path file = Path.of(System.getProperty("user.home"), ".tuff_history");
    try {
      if (!Files.exists(file)
          && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      return Optional.of(file);
    } catch (IOException refused) {
      return Optional.empty();
    }
  }

  private int runAll() throws IOException {
    LineNumberReader lines =
        new LineNumberReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
    int exitCode = Tuff.OK;
    for (String line; goesOn(exitCode) && (line = lines.readLine()) != null; ) {
      String place = "standard input:" + lines.getLineNumber() + ": ";
      List<String> words = words(line, lines, place);
      if (isExit(words)) {
        break;
      }
      exitCode = Math.max(exitCode, run(words));
      if (exitCode >= Tuff.USAGE) {
        console.problem(place + "this command ended the script");
      }
    }
    return exitCode;
  }

  private static List<String> words(String line, BufferedReader lines, String place)
      throws IOException {
    try {
      return Words.of(line, lines::readLine);
    } catch (UsageException unclosed) {
      throw new UsageException(place + unclosed.getMessage());
    }
  }

  /// Where nobody reads what is printed, nobody learns what fails either.
  private boolean goesOn(int exitCode) {
    return exitCode < Tuff.USAGE && console.out().failure() == null;
  }

  private static boolean isExit(List<String> words) {
    return !words.isEmpty() && Set.of("exit", "quit").contains(words.getFirst());
  }

  private int run(List<String> words) {
    if (words.isEmpty()) {
      return Tuff.OK;
    }
    interruption.clear();
    return Tuff.runWithin(db, directory, console, interruption, words.toArray(String[]::new));
  }
}
