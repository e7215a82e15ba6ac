package org.tuffdb.shell;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The lines of an input, as bytes, without their ends: a line feed, or a carriage return and a
/// line feed.
final class Lines {
  private static final int BUFFER_BYTES = 256 << 10;

  /// The longest value, 256 MiB, has half of that as hexadecimal digits.
  private static final int LINE_BYTES_MAX = 1 << 30;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER_BYTES];

  /// What was read and not gone over yet lies from `next` to `end` in the buffer.
  private int next;

  private int end;
  private int from;
  private int length;
  private long number;

  Lines(InputStream in) {
    this.in = in;
  }

  /// Goes to the next line; false at the end.
  boolean next() throws IOException {
    number++;
    int feed = find(next);
    if (feed < 0 && next == end) {
      return false;
    }
    int lineEnd = feed < 0 ? end : feed;
    from = next;
    next = feed < 0 ? end : feed + 1;
    length = lineEnd - from;
    if (length > 0 && buffer[lineEnd - 1] == '\r') {
      length--;
    }
    return true;
  }

  /// Where the first line feed from `at` on is, -1 if there is none in the whole input. Reads more
  /// of it as needed, which moves `next`.
  private int find(int at) throws IOException {
    int searched = at;
    while (true) {
      for (; searched < end; searched++) {
        if (buffer[searched] == '\n') {
          return searched;
        }
      }
      searched -= next;
      if (!fill()) {
        return -1;
      }
      searched += next;
    }
  }

  private boolean fill() throws IOException {
    System.arraycopy(buffer, next, buffer, 0, end - next);
    end -= next;
    next = 0;
    if (end == buffer.length) {
      if (end >= LINE_BYTES_MAX) {
        throw new IOException("line %,d is longer than any record".formatted(number));
      }
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, end, buffer.length - end);
    end += Math.max(read, 0);
    return read >= 0;
  }

  /// Holds the current line, until the next call of [#next()].
  byte[] buffer() {
    return buffer;
  }

  /// Where the current line begins in the buffer.
  int from() {
    return from;
  }

  /// The length of the current line in bytes.
  int length() {
    return length;
  }

  /// The current line, counted from 1; if it could not be read, that one.
  long number() {
    return number;
  }

  /// Whether there is nothing in the current line but blanks.
  boolean isBlank() {
    for (int i = from; i < from + length; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t') {
        return false;
      }
    }
    return true;
  }
}
