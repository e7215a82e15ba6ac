package org.tuffdb.shell;

import java.util.ArrayList;
import java.util.List;

/// Splits a line into words as a Unix shell does: at blanks that are not quoted. Between single
/// quotes all stands for itself; between double quotes a backslash takes a double quote or a
/// backslash for itself, and outside of quotes any character. A word may be quoted in parts.
final class Words {
  private final String line;
  private int at;

  private Words(String line) {
    this.line = line;
  }

  /// The words of `line`: none of a blank one, or of one that begins with `#`.
  ///
  /// @throws UsageException if a quote is not closed
  static List<String> of(String line) {
    return line.stripLeading().startsWith("#") ? List.of() : new Words(line).all();
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

  private List<String> all() {
    List<String> words = new ArrayList<>();
    while (true) {
      while (at < line.length() && isBlank()) {
        at++;
      }
      if (at == line.length()) {
        return words;
      }
      words.add(word());
    }
  }

  private boolean isBlank() {
    return Character.isWhitespace(line.charAt(at));
  }

  private String word() {
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

  private void appendSingleQuoted(StringBuilder word) {
    int end = line.indexOf('\'', at);
    if (end < 0) {
      throw unclosed();
    }
    word.append(line, at, end);
    at = end + 1;
  }

  private void appendDoubleQuoted(StringBuilder word) {
    while (at < line.length()) {
      char next = line.charAt(at++);
      if (next == '"') {
        return;
      }
      boolean escapes = next == '\\' && at < line.length() && "\"\\".indexOf(line.charAt(at)) >= 0;
      word.append(escapes ? line.charAt(at++) : next);
    }
    throw unclosed();
  }

  private UsageException unclosed() {
    return new UsageException("a quote is not closed: " + Text.quoted(line));
  }
}
