package org.tuffdb.log;

import org.tuffdb.bytes.FileHeader;

/// The bytes of a log file: a [FileHeader], then records, each at a multiple of 8.
///
/// ```
/// offset size
///   0     4   checksum of bytes 4 to 40 and of the payload
///   4     4   length of the payload in bytes
///   8     8   position of this record
///  16     8   synced up to: what lies before this position was on the disk when this was written
///  24     8   first sequence: of the first entry in a DATA record, else 0
///  32     4   salt of the file
///  36     1   type
///  37     3   zero
///  40         payload, then zeros up to a multiple of 8
/// ```
///
/// A position is one long that grows along the whole log: the file's number in the high 32 bits,
/// the offset in the file divided by 8 in the low ones. A record that says where it stands, and in
/// which file, cannot be mistaken for one that the file's blocks held before, nor for one that
/// somebody stored as a value. What is not yet written is zeros, or the records of the log that
/// used the blocks before.
public final class LogFormat {
  static final int ALIGNMENT = 8;
  static final int HEADER_BYTES = 40;
  static final int FIRST_RECORD_AT = FileHeader.BYTES;

  static final int LENGTH_AT = 4;
  static final int POSITION_AT = 8;

  /// Where the file's number begins in a position, whose lowest byte comes first.
  static final int NUMBER_IN_POSITION = 4;

  static final int SYNCED_AT = 16;
  static final int SEQUENCE_AT = 24;
  static final int SALT_AT = 32;
  static final int TYPE_AT = 36;

  /// What the offset within a position can count.
  static final long FILE_BYTES_MAX = ALIGNMENT * (1L << 32);

  /// Largest payload: a batch of the largest size.
  static final int PAYLOAD_BYTES_MAX = 512 << 20;

  /// A payload of the layer above.
  public static final byte DATA = 1;

  /// Says only what is synced, so that the last group, too, has a successor that vouches for it.
  public static final byte MARK = 2;

  /// The last record of its file: the log goes on in the next one.
  public static final byte ROLL = 3;

  /// The last record of the log: it was closed in good order.
  public static final byte SEAL = 4;

  private LogFormat() {}

  /// How much room a record takes.
  static long recordBytes(int payloadLength) {
    return (HEADER_BYTES + (long) payloadLength + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /// The position of `offset` in file `fileNumber`.
  public static long position(long fileNumber, long offset) {
    return fileNumber << 32 | offset / ALIGNMENT;
  }

  static long offset(long position) {
    return (position & 0xFFFF_FFFFL) * ALIGNMENT;
  }
}
