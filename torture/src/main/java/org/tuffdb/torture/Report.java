package org.tuffdb.torture;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What a writing process tells its parent through a pipe. What was written to a pipe outlives the
/// writer.
///
/// ```
/// offset size
///      0    1  letter of the kind
///      1    1  writer, 0 if none
///      2    2  zeros
///      4    4  number, big-endian
/// ```
///
/// @param number how many steps of the writer it is about, or the letter of the phase
record Report(Kind kind, int writer, int number) {
  enum Kind {
    /// A phase begins.
    PHASE('p'),
    /// Steps were acknowledged, and survive the end of the process.
    ACKNOWLEDGED('a'),
    /// Steps were acknowledged, and survive a power cut.
    DURABLE('d'),
    /// So many steps survive a power cut: a read has shown them that shows no others, or a sync has
    /// returned after they were acknowledged. This may be late.
    LASTING('l'),
    /// A memtable went into a table.
    FLUSHED('f'),
    /// Tables were merged.
    MERGED('m'),
    /// What has befallen the process; the number is the letter of a [Mishap].
    MISHAP('x');

    private final int letter;

    Kind(int letter) {
      this.letter = letter;
    }

    private static Kind of(int letter) {
      return Arrays.stream(values())
          .filter(kind -> kind.letter == letter)
          .findFirst()
          .orElseThrow();
    }

    boolean isAcknowledgement() {
      return this == ACKNOWLEDGED || this == DURABLE;
    }
  }

  static Report of(Phase phase) {
    return new Report(Kind.PHASE, 0, phase.letter());
  }

  /// Whether it says something about the steps of a writer.
  boolean isOfWriter() {
    return kind == Kind.LASTING || kind.isAcknowledgement();
  }

  Phase phase() {
    return Phase.of(number);
  }

  /// Waits for the next report.
  ///
  /// @throws java.io.EOFException after the last one that came completely
  static Report read(DataInputStream pipe) throws IOException {
    long bits = pipe.readLong();
    Kind kind = Kind.of((int) (bits >>> 56));
    return new Report(kind, (int) (bits >>> 48) & 0xff, (int) bits);
  }

  /// The end of the pipe that reports go into.
  static final class Pipe {
    /// Neither buffered nor locked: a few bytes go into a pipe at once, from any thread.
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    void send(Report report) throws IOException {
      long bits = (long) report.kind.letter << 56 | (long) report.writer << 48 | report.number;
      out.write(ByteBuffer.allocate(Long.BYTES).putLong(bits).array());
    }
  }
}
