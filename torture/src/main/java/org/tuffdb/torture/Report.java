package org.tuffdb.torture;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What a [Victim] tells its parent through a pipe: that a phase begins, or that a step was
/// acknowledged. What was written to a pipe outlives the writer.
///
/// ```
/// offset size
///      0    1  writer, or 255 for a phase
///      1    3  zeros
///      4    4  how many steps of the writer are acknowledged, or the letter of the phase; big-endian
/// ```
record Report(int writer, int number) {
  private static final int PHASE = 255;

  static Report of(Phase phase) {
    return new Report(PHASE, phase.letter());
  }

  boolean isPhase() {
    return writer == PHASE;
  }

  Phase phase() {
    return Phase.of(number);
  }

  /// Waits for the next report.
  ///
  /// @throws java.io.EOFException after the last one that came completely
  static Report read(DataInputStream pipe) throws IOException {
    long bits = pipe.readLong();
    return new Report((int) (bits >>> 56), (int) bits);
  }

  /// The end of the pipe that reports go into.
  static final class Pipe {
    /// Neither buffered nor locked: a few bytes go into a pipe at once, from any thread.
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    void send(Report report) throws IOException {
      long bits = (long) report.writer << 56 | report.number;
      out.write(ByteBuffer.allocate(Long.BYTES).putLong(bits).array());
    }
  }
}
