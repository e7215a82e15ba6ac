package org.tuffdb.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Splits a line into words as a Unix shell does: at blanks that are not quoted. Between single
/// quotes all stands for itself; between double quotes a backslash takes a double quote or a
/// backslash for itself, and outside of quotes any character. A word may be quoted in parts, and
/// over several lines.
final class Words {
  private static final String BLANKS = " \t\r\n";

  /// What comes behind a line.
  interface Source {
    /// The next line; null if there is none.
    @Nullable String nextLine() throws IOException;
  }

  private final String first;
  private final Source source;
  private String line;
  private int at;

  private Words(String line, Source source) {
    this.first = line;
    this.line = line;
    this.source = source;
  }

  /// The words of `line`: none of a blank one, or of one that begins with `#`.
  ///
  /// @throws UsageException if a quote is not closed
  static List<String> of(String line) {
    try {
      return of(line, () -> null);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /// The same, and takes further lines from `source` as long as a quote is not closed.
  static List<String> of(String line, Source source) throws IOException {
    return new Words(line, source).all();
  }

  /// Whether a quote is not closed in `line`, so that its last word goes on in the next one.
  static boolean goOnBehind(String line) {
    try {
      List<String> _ = of(line);
      return false;
    } catch (UsageException unclosed) {
      return true;
    }
  }

  private List<String> all() throws IOException {
    List<String> words = new ArrayList<>();
    skipBlanks();
    if (line.startsWith("#", at)) {
      return words;
    }
    while (at < line.length()) {
      words.add(word());
      skipBlanks();
    }
    return words;
  }

  private void skipBlanks() {
    while (at < line.length() && isBlank()) {
      at++;
    }
  }

  private boolean isBlank() {
    return BLANKS.indexOf(line.charAt(at)) >= 0;
  }

  private String word() throws IOException {
    StringBuilder word = new StringBuilder();
    while (at < line.length() && !isBlank()) {
      char next = line.charAt(at++);
      switch (next) {
        case '\'' -> appendSingleQuoted(word);
        case '"' -> appendDoubleQuoted(word);
        case '\\' -> word.append(at < line.length() ? line.charAt(at++) : next);
        default -> word.append(next);
      }
    }
    return word.toString();
  }

  private void appendSingleQuoted(StringBuilder word) throws IOException {
    int end = line.indexOf('\'', at);
    while (end < 0) {
      word.append(line, at, line.length());
      goOn(word);
      end = line.indexOf('\'');
    }
    word.append(line, at, end);
    at = end + 1;
  }

  private void appendDoubleQuoted(StringBuilder word) throws IOException {
    while (true) {
      while (at == line.length()) {
        goOn(word);
      }
      char next = line.charAt(at++);
      if (next == '"') {
        return;
      }
      boolean escapes = next == '\\' && at < line.length() && "\"\\".indexOf(line.charAt(at)) >= 0;
      word.append(escapes ? line.charAt(at++) : next);
    }
  }

  private void goOn(StringBuilder word) throws IOException {
    String next = source.nextLine();
    if (next == null) {
      throw new UsageException("a quote is not closed: " + Text.quoted(first));
    }
    word.append('\n');
    line = next;
    at = 0;
  }
}
