package org.tuffdb.log;

import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.LittleEndian;

/// Makes records of anything that stands where records would: with the place, the salt and the
/// checksum of one.
public final class RecordSeal {
  private RecordSeal() {}

  /// Returns `file` with this header, and with its records sealed up to where one would end behind
  /// the file, or where nothing was written.
  public static byte[] seal(byte[] file, FileHeader header) {
    if (file.length < FileHeader.BYTES) {
      return file;
    }
    header.write(file);
    for (long at = LogFormat.FIRST_RECORD_AT; isThere(file, at); at += bytes(file, (int) at)) {
      sealOne(file, (int) at, header);
    }
    return file;
  }

  private static boolean isThere(byte[] file, long at) {
    return at + LogFormat.HEADER_BYTES <= file.length
        && LittleEndian.getLong(file, (int) at + LogFormat.POSITION_AT) != 0;
  }

  private static long bytes(byte[] file, int at) {
    int length = LittleEndian.getInt(file, at + LogFormat.LENGTH_AT);
    return length < 0 ? LogFormat.FILE_BYTES_MAX : LogFormat.recordBytes(length);
  }

  private static void sealOne(byte[] file, int at, FileHeader header) {
    long position = LogFormat.position(header.number(), at);
    LittleEndian.putLong(file, at + LogFormat.POSITION_AT, position);
    LittleEndian.putInt(file, at + LogFormat.SALT_AT, header.salt());
    LogStructure.seal(file, at);
  }
}
