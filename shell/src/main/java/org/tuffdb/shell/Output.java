package org.tuffdb.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The standard output, in large writes. It remembers its failure: what a broken pipe makes the
/// libraries throw cannot be told from other failures by its type.
final class Output extends OutputStream {
  private static final int BUFFER_BYTES = 64 << 10;

  private final OutputStream target;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private @Nullable IOException failure;

  Output(OutputStream target) {
    this.target = target;
  }

  /// Why nothing can be written any more; null if all went well.
  @Nullable IOException failure() {
    return failure;
  }

  /// Whether the reader of a pipe has gone: it has all that it wanted.
  boolean isBrokenPipe() {
    return failure != null && String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  @Override
  public void write(int b) throws IOException {
    if (buffered == BUFFER_BYTES) {
      writeBuffered();
    }
    buffer[buffered++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > BUFFER_BYTES - buffered) {
      writeBuffered();
    }
    if (length >= BUFFER_BYTES) {
      writeThrough(bytes, offset, length);
      return;
    }
    System.arraycopy(bytes, offset, buffer, buffered, length);
    buffered += length;
  }

  /// Writes `text` in UTF-8 and ends the line.
  void line(String text) throws IOException {
    write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void writeBuffered() throws IOException {
    int length = buffered;
    buffered = 0;
    writeThrough(buffer, 0, length);
  }

  private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
    if (failure != null) {
      throw new IOException(failure); // nothing is to stand behind a gap
    }
    try {
      target.write(bytes, offset, length);
    } catch (IOException cause) {
      failure = cause;
      throw cause;
    }
  }

  @Override
  public void flush() throws IOException {
    writeBuffered();
  }

  /// Writes what is left; false if that fails, or anything failed before.
  boolean finish() {
    try {
      flush();
      return failure == null;
    } catch (IOException remembered) {
      return false;
    }
  }
}
