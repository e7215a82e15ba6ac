package org.tuffdb.bytes;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.FormatTooNewException;

/// The first 64 bytes of every file of a store: what it is, and whose.
///
/// ```
/// offset size
///   0     8   magic: "TuffDB" 0D 0A
///   8     4   kind of file, see Kind
///  12     4   format version of that kind
///  16     8   feature bits: whoever does not know one of them cannot read the file
///  24     8   number of the file, as in its name
///  32     8   id of the store, drawn when it was created
///  40     4   salt, drawn when the file was begun: tells it from the file that used its blocks before
///  44    16   zero
///  60     4   checksum of bytes 0 to 60
/// ```
///
/// @param number the file's number, as in its name
/// @param storeId the store that the file belongs to
/// @param salt tells the file's records from what its blocks held before
public record FileHeader(Kind kind, long number, long storeId, int salt) {
  public static final int BYTES = 64;

  private static final long MAGIC =
      LittleEndian.getLong("TuffDB\r\n".getBytes(StandardCharsets.US_ASCII), 0);
  private static final int CHECKSUM_AT = 60;

  /// The kinds of files, with the newest format version of each that this code writes and reads.
  public enum Kind {
    LOG(1, 1),
    MANIFEST(2, 1),
    TABLE(3, 1);

    private final int code;
    private final int version;

    Kind(int code, int version) {
      this.code = code;
      this.version = version;
    }
  }

  /// Writes the header at the beginning of `into`.
  public void write(byte[] into) {
    LittleEndian.putLong(into, 0, MAGIC);
    LittleEndian.putInt(into, 8, kind.code);
    LittleEndian.putInt(into, 12, kind.version);
    LittleEndian.putLong(into, 16, 0);
    LittleEndian.putLong(into, 24, number);
    LittleEndian.putLong(into, 32, storeId);
    LittleEndian.putInt(into, 40, salt);
    LittleEndian.putLong(into, 44, 0);
    LittleEndian.putLong(into, 52, 0);
    LittleEndian.putInt(into, CHECKSUM_AT, new Checksum().of(into, 0, CHECKSUM_AT));
  }

  /// Reads the header of `file`, of which the first `length` bytes are in `bytes`, and checks that
  /// it is of `kind` and has `number`.
  ///
  /// @throws CorruptionException if it is not a sound header of such a file
  /// @throws FormatTooNewException if a newer TuffDB wrote it
  public static FileHeader read(Path file, byte[] bytes, int length, Kind kind, long number) {
    if (length < BYTES) {
      throw new CorruptionException(file, 0, "the file ends within its " + BYTES + "-byte header");
    }
    if (LittleEndian.getLong(bytes, 0) != MAGIC) {
      throw new CorruptionException(file, 0, "this is not a file of TuffDB: its magic is missing");
    }
    if (LittleEndian.getInt(bytes, CHECKSUM_AT) != new Checksum().of(bytes, 0, CHECKSUM_AT)) {
      throw new CorruptionException(file, 0, "the header does not match its checksum");
    }
    requireReadable(file, bytes, kind);
    if (LittleEndian.getInt(bytes, 8) != kind.code || LittleEndian.getLong(bytes, 24) != number) {
      throw new CorruptionException(
          file, 8, "the header belongs to another file: was it renamed or copied?");
    }
    return new FileHeader(
        kind, number, LittleEndian.getLong(bytes, 32), LittleEndian.getInt(bytes, 40));
  }

  private static void requireReadable(Path file, byte[] bytes, Kind kind) {
    int version = LittleEndian.getInt(bytes, 12);
    long features = LittleEndian.getLong(bytes, 16);
    if (version > kind.version || features != 0) {
      String found = "format version %d and feature bits 0x%x".formatted(version, features);
      throw new FormatTooNewException(
          file
              + " has "
              + found
              + "; this TuffDB reads version "
              + kind.version
              + ": use a newer one");
    }
  }
}
