package org.tuffdb.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;

/// Reads the records of one log file from the beginning, up to the first place that holds none.
public final class LogReader implements Closeable {
  /// Small enough for the processor's cache.
  private static final int WINDOW_BYTES = 256 << 10;

  /// How often the search behind the last sound record may go over the file to compute checksums.
  private static final long TAIL_READS_MAX = 16;

  private final Path path;
  private final ReadFile file;
  private final FileHeader header;
  private final long sizeBytes;
  private final Checksum checksum = new Checksum();

  /// The bytes of the file from `windowAt` on, `windowLength` of them.
  private byte[] window = new byte[0];

  private long windowAt;
  private int windowLength;

  private long offset;
  private long nextOffset = LogFormat.FIRST_RECORD_AT;

  /// Where the current record begins in the window.
  private int at;

  private int payloadLength;

  /// Opens log file `number`.
  ///
  /// @throws org.tuffdb.error.CorruptionException if its header is damaged or another file's
  public LogReader(FileSystem files, Path path, FileHeader.Kind kind, long number)
      throws IOException {
    this(files, path, kind, number, -1);
  }

  /// The same for a file that may be known to be whole.
  ///
  /// @param wholeBytes where it ends then: nothing behind that belongs to the log; else -1
  public LogReader(FileSystem files, Path path, FileHeader.Kind kind, long number, long wholeBytes)
      throws IOException {
    this.path = path;
    this.file = files.openForRead(path);
    try {
      long there = file.sizeBytes();
      this.sizeBytes = wholeBytes < 0 ? there : Math.min(there, wholeBytes);
      byte[] head = read(0, FileHeader.BYTES);
      this.header = FileHeader.read(path, head, head.length, kind, number);
    } catch (Throwable failure) {
      file.close();
      throw failure;
    }
  }

  public Path path() {
    return path;
  }

  public FileHeader header() {
    return header;
  }

  /// Goes to the next record; false where no sound record of this file stands.
  public boolean next() throws IOException {
    if (!readRecord(nextOffset)) {
      return false;
    }
    offset = nextOffset;
    nextOffset += LogFormat.recordBytes(payloadLength);
    return true;
  }

  private boolean readRecord(long from) throws IOException {
    if (!fill(from, LogFormat.HEADER_BYTES) || !namesThisPlace(from)) {
      return false;
    }
    if (from + declaredBytes(from) > sizeBytes) {
      return false;
    }
    int length = LittleEndian.getInt(window, index(from) + LogFormat.LENGTH_AT);
    if (!fill(from, LogFormat.HEADER_BYTES + length)) {
      return false;
    }
    at = index(from);
    payloadLength = length;
    int checked = LogFormat.HEADER_BYTES + length - LogFormat.LENGTH_AT;
    return LittleEndian.getInt(window, at)
        == checksum.of(window, at + LogFormat.LENGTH_AT, checked);
  }

  /// Whether what stands at `from`, in the window, says that it is a record of this file at `from`.
  private boolean namesThisPlace(long from) {
    return LittleEndian.getLong(window, index(from) + LogFormat.POSITION_AT)
            == LogFormat.position(header.number(), from)
        && LittleEndian.getInt(window, index(from) + LogFormat.SALT_AT) == header.salt();
  }

  private int index(long from) {
    return (int) (from - windowAt);
  }

  /// Has the window hold `length` bytes from `from` on; false if the file ends before.
  private boolean fill(long from, int length) throws IOException {
    if (from >= windowAt && from + length <= windowAt + windowLength) {
      return true;
    }
    if (from + length > sizeBytes) {
      return false;
    }
    int wanted = (int) Math.min(Math.max(length, WINDOW_BYTES), sizeBytes - from);
    if (window.length < wanted) {
      window = new byte[wanted];
    }
    windowAt = from;
    windowLength = file.read(from, window, 0, wanted);
    return windowLength >= length;
  }

  public byte type() {
    return window[at + LogFormat.TYPE_AT];
  }

  public long firstSequence() {
    return LittleEndian.getLong(window, at + LogFormat.SEQUENCE_AT);
  }

  /// All before this position was on the disk when the current record was written.
  public long syncedPosition() {
    return LittleEndian.getLong(window, at + LogFormat.SYNCED_AT);
  }

  /// What holds the payload of the current record, until the next call.
  public byte[] buffer() {
    return window;
  }

  /// Where the payload begins in [#buffer()].
  public int payloadOffset() {
    return at + LogFormat.HEADER_BYTES;
  }

  public int payloadLength() {
    return payloadLength;
  }

  /// Where the current record begins in the file.
  public long offset() {
    return offset;
  }

  /// Where the record behind the current one begins, or would.
  public long endOffset() {
    return nextOffset;
  }

  /// What stands behind the last sound record.
  ///
  /// @param syncedPosition the highest position that a record in there vouches for; 0 if there is
  ///   none
  /// @param endOffset where the last of what was written in there ends: equal to the end of the
  ///   sound records if there is nothing
  public record Tail(long syncedPosition, long endOffset) {}

  /// Looks through everything behind the last sound record, which [#next()] has found the end of,
  /// for traces of records.
  ///
  /// @throws CorruptionException if the file was made to keep the search busy
  public Tail tail() throws IOException {
    long synced = 0;
    long end = nextOffset;
    long budgetBytes = TAIL_READS_MAX * sizeBytes;
    long from = nextTrace(nextOffset);
    while (from >= 0) {
      long behind = from + LogFormat.ALIGNMENT;
      long recordBytes = declaredBytes(from);
      // A torn header may end in one that names this place and begin with what was there before.
      if (from + recordBytes > sizeBytes) {
        end = Math.max(end, from + LogFormat.HEADER_BYTES);
      } else {
        end = Math.max(end, from + recordBytes);
        budgetBytes -= recordBytes;
        if (budgetBytes < 0) {
          throw new CorruptionException(
              path, from, "records overlap: they were not written by TuffDB");
        }
        if (readRecord(from)) {
          synced = Math.max(synced, syncedPosition());
          behind = from + recordBytes;
        }
      }
      from = nextTrace(behind);
    }
    return new Tail(synced, end);
  }

  /// The first place from `from` on that says it is a record of this file; -1 if there is none.
  private long nextTrace(long from) throws IOException {
    long place = from;
    while (fill(place, LogFormat.HEADER_BYTES)) {
      place = windowAt + passOver(index(place));
      if (namesThisPlace(place)) {
        return place;
      }
      place += LogFormat.ALIGNMENT;
    }
    return -1;
  }

  /// The first index from `begin` on where a record of this file may stand, or the last one that
  /// has room for a header. Most of what the rest of a file is full of, zeros and records of files
  /// before it, is told by one byte of the file's number, in a loop that is fast in a JVM that has
  /// just begun, too.
  private int passOver(int begin) {
    int last = windowLength - LogFormat.HEADER_BYTES;
    int zeroBytes = Math.min(3, Long.numberOfTrailingZeros(header.number()) / Byte.SIZE);
    byte wanted = (byte) (header.number() >>> (zeroBytes * Byte.SIZE));
    int ahead = LogFormat.POSITION_AT + LogFormat.NUMBER_IN_POSITION + zeroBytes;
    int index = begin;
    while (window[index + ahead] != wanted && index + LogFormat.ALIGNMENT <= last) {
      index += LogFormat.ALIGNMENT;
    }
    return index;
  }

  /// How long the record at `from` says that it is; more than any file for an impossible length.
  private long declaredBytes(long from) {
    int length = LittleEndian.getInt(window, index(from) + LogFormat.LENGTH_AT);
    boolean possible = length >= 0 && length <= LogFormat.PAYLOAD_BYTES_MAX;
    return possible ? LogFormat.recordBytes(length) : Long.MAX_VALUE / 2;
  }

  /// Reads `length` bytes of the file from `from` on; fewer if it ends before.
  public byte[] read(long from, int length) throws IOException {
    byte[] bytes = new byte[length];
    int read = file.read(from, bytes, 0, length);
    return read == length ? bytes : Arrays.copyOf(bytes, read);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
