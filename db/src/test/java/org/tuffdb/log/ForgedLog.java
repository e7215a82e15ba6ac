package org.tuffdb.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;

/// A log file made by hand: records, and what a crash leaves of them, wherever a test wants them.
final class ForgedLog {
  static final Path PATH = Path.of("/1.log");
  static final int SALT = 0x5A17;

  /// The whole file, until it is opened.
  final byte[] bytes;

  private final FileHeader header;

  /// A file with a header and zeros.
  ForgedLog(long number, int sizeBytes) {
    header = new FileHeader(FileHeader.Kind.LOG, number, 3, SALT);
    bytes = new byte[sizeBytes];
    header.write(bytes);
  }

  /// Has `filler` stand everywhere behind the header of the file.
  void fill(int filler) {
    Arrays.fill(bytes, FileHeader.BYTES, bytes.length, (byte) filler);
  }

  /// What the search for it goes by: a record without its checksum. Of a header for which the file
  /// has no room, the part that it has room for.
  void trace(int at, int payloadLength, long syncedPosition) {
    trace(at, payloadLength, syncedPosition, header.number(), SALT);
  }

  /// That of another file.
  void trace(int at, int payloadLength, long syncedPosition, long number, int salt) {
    byte[] record = new byte[LogFormat.HEADER_BYTES];
    LittleEndian.putInt(record, LogFormat.LENGTH_AT, payloadLength);
    LittleEndian.putLong(record, LogFormat.POSITION_AT, LogFormat.position(number, at));
    LittleEndian.putLong(record, LogFormat.SYNCED_AT, syncedPosition);
    LittleEndian.putInt(record, LogFormat.SALT_AT, salt);
    record[LogFormat.TYPE_AT] = LogFormat.DATA;
    System.arraycopy(record, 0, bytes, at, Math.min(record.length, bytes.length - at));
  }

  /// A sound record, with what stands there as its payload. Returns where it ends.
  int record(int at, int payloadLength, long syncedPosition) {
    trace(at, payloadLength, syncedPosition);
    LogStructure.seal(bytes, at);
    return at + (int) LogFormat.recordBytes(payloadLength);
  }

  /// A file system that holds the file.
  MemoryFileSystem files() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (WriteFile file = files.create(PATH)) {
      file.write(0, bytes, 0, bytes.length);
    }
    return files;
  }

  LogReader open(FileSystem files, long wholeBytes) throws IOException {
    return new LogReader(files, PATH, FileHeader.Kind.LOG, header.number(), wholeBytes);
  }

  /// What is found behind the sound records that the file begins with.
  LogReader.Tail tail() throws IOException {
    MemoryFileSystem files = files();
    try (LogReader reader = open(files, -1)) {
      while (reader.next()) {
        // up to their end
      }
      return reader.tail();
    }
  }
}
