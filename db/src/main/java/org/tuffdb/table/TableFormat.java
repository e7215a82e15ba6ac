package org.tuffdb.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.Keys;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.FormatTooNewException;

/// The bytes of a table file.
///
/// ```
/// FileHeader   64 bytes
/// blocks       one behind the other
/// filter       see Filter; this and what follows begin at multiples of 64, with zeros between
/// fences       see Fences
/// ranges       the range deletes
/// properties   what the table says of itself
/// footer       the last 128 bytes
/// ```
///
/// A block is a [Block] or what LZ4 made of it, and a trailer:
///
/// ```
/// size
///    4  size of the Block in bytes, plus 2^31 if it is compressed
///    4  checksum of all before, tied to its place
/// ```
///
/// The footer:
///
/// ```
/// offset size
///      0   24  handle of the filter: offset (8), length (8), checksum (4), zero (4)
///     24   24  handle of the fences
///     48   24  handle of the ranges
///     72   24  handle of the properties
///     96    8  feature bits: whoever does not know one of them cannot read the file
///    104    4  format version
///    108    8  magic: "TuffTabl"
///    116    8  zero
///    124    4  checksum of bytes 0 to 124, tied to its place
/// ```
///
/// A range delete: sequence (8), length of the start (4), length of the limit (4), start, limit.
///
/// A checksum that is *tied to its place* is combined with a number that follows from the header of
/// the file and from the offset of what it covers: a sound block in a wrong place is no sound
/// block.
final class TableFormat {
  static final int BLOCKS_AT = FileHeader.BYTES;
  static final int SECTION_ALIGNMENT = 64;
  static final int TRAILER_BYTES = 8;
  static final int FOOTER_BYTES = 128;
  static final int HANDLE_BYTES = 24;

  static final int BLOCK_BYTES_MIN = TRAILER_BYTES + 1;
  static final int RAW_BYTES_MAX =
      BatchFormat.VALUE_BYTES_MAX + BatchFormat.KEY_BYTES_MAX + (1 << 16);
  static final int BLOCK_BYTES_MAX = RAW_BYTES_MAX + TRAILER_BYTES;
  static final int COMPRESSED = 1 << 31;

  static final int FILTER = 0;
  static final int FENCES = 1;
  static final int RANGES = 2;
  static final int PROPERTIES = 3;
  static final int SECTIONS = 4;

  private static final int VERSION = 1;
  private static final long MAGIC = 0x6c62_6154_6666_7554L; // TuffTabl
  private static final int FEATURES_AT = 96;
  private static final int VERSION_AT = 104;
  private static final int MAGIC_AT = 108;
  private static final int CHECKSUM_AT = 124;

  private static final int PROPERTIES_BYTES = 16 * Long.BYTES;
  private static final int RANGE_HEADER_BYTES = 16;

  /// Of the checksums' places.
  private final long seed;

  TableFormat(FileHeader header) {
    seed = Hash.mix(header.storeId() ^ Hash.mix(header.number() + ((long) header.salt() << 32)));
  }

  /// Ties the checksum of what stands at `offset` to that place.
  int tied(int checksum, long offset) {
    return checksum ^ (int) Hash.mix(seed + offset);
  }

  int tied(byte[] bytes, int length, long offset) {
    return tied(new Checksum().of(bytes, 0, length), offset);
  }

  /// Where a section lies.
  record Handle(long offset, long length, int checksum) {
    long end() {
      return offset + length;
    }
  }

  static long aligned(long offset) {
    return (offset + SECTION_ALIGNMENT - 1) & -SECTION_ALIGNMENT;
  }

  /// The footer that stands at `offset`.
  byte[] footer(Handle[] handles, long offset) {
    byte[] footer = new byte[FOOTER_BYTES];
    for (int i = 0; i < SECTIONS; i++) {
      LittleEndian.putLong(footer, i * HANDLE_BYTES, handles[i].offset);
      LittleEndian.putLong(footer, i * HANDLE_BYTES + 8, handles[i].length);
      LittleEndian.putInt(footer, i * HANDLE_BYTES + 16, handles[i].checksum);
    }
    LittleEndian.putInt(footer, VERSION_AT, VERSION);
    LittleEndian.putLong(footer, MAGIC_AT, MAGIC);
    LittleEndian.putInt(footer, CHECKSUM_AT, tied(footer, CHECKSUM_AT, offset));
    return footer;
  }

  /// Reads the footer that stands at `offset` in `file`.
  Handle[] readFooter(Path file, byte[] footer, long offset) {
    if (LittleEndian.getLong(footer, MAGIC_AT) != MAGIC) {
      throw new CorruptionException(file, offset, "the table's footer is missing");
    }
    if (LittleEndian.getInt(footer, CHECKSUM_AT) != tied(footer, CHECKSUM_AT, offset)) {
      throw new CorruptionException(file, offset, "the footer does not match its checksum");
    }
    int version = LittleEndian.getInt(footer, VERSION_AT);
    long features = LittleEndian.getLong(footer, FEATURES_AT);
    if (version > VERSION || features != 0) {
      throw new FormatTooNewException(
          "%s is a table of format version %d with feature bits 0x%x; this TuffDB reads version %d: use a newer one"
              .formatted(file, version, features, VERSION));
    }
    Handle[] handles = new Handle[SECTIONS];
    long at = BLOCKS_AT;
    for (int i = 0; i < SECTIONS; i++) {
      handles[i] =
          new Handle(
              LittleEndian.getLong(footer, i * HANDLE_BYTES),
              LittleEndian.getLong(footer, i * HANDLE_BYTES + 8),
              LittleEndian.getInt(footer, i * HANDLE_BYTES + 16));
      long start = handles[i].offset;
      boolean follows = i == 0 ? start >= at : start == aligned(at);
      if (!follows || start != aligned(start) || handles[i].length < 0 || handles[i].end() < 0) {
        throw new CorruptionException(file, offset, "the footer's sections are not in order");
      }
      at = handles[i].end();
    }
    if (aligned(at) != offset) {
      throw new CorruptionException(file, offset, "the footer's sections do not fill the file");
    }
    return handles;
  }

  static byte[] properties(TableProperties p) {
    byte[] bytes = new byte[PROPERTIES_BYTES];
    long[] numbers = {
      p.entries(),
      p.deletes(),
      p.keys(),
      p.keyBytes(),
      p.valueBytes(),
      p.rangeDeletes(),
      p.oldestSequence(),
      p.newestSequence(),
      p.blocks(),
      p.rawBytes(),
      p.storedBytes(),
      p.filterBytes(),
      p.filterProbes(),
      p.fenceBytes(),
      p.blockBytes(),
      p.compression().code
    };
    for (int i = 0; i < numbers.length; i++) {
      LittleEndian.putLong(bytes, i * Long.BYTES, numbers[i]);
    }
    return bytes;
  }

  static TableProperties readProperties(Path file, byte[] bytes, long offset) {
    if (bytes.length != PROPERTIES_BYTES) {
      throw new CorruptionException(file, offset, "the properties have a wrong size");
    }
    long[] n = new long[PROPERTIES_BYTES / Long.BYTES];
    for (int i = 0; i < n.length; i++) {
      n[i] = LittleEndian.getLong(bytes, i * Long.BYTES);
      if (n[i] < 0) {
        throw new CorruptionException(file, offset, "the properties are impossible");
      }
    }
    boolean small = n[5] <= Integer.MAX_VALUE && n[8] < Integer.MAX_VALUE;
    boolean known = n[12] <= Filter.PROBES_MAX && n[15] <= BlockCompression.LZ4.code;
    if (!small || !known || n[14] > TableOptions.BLOCK_BYTES_MAX) {
      throw new CorruptionException(file, offset, "the properties are impossible");
    }
    return new TableProperties(
        n[0],
        n[1],
        n[2],
        n[3],
        n[4],
        (int) n[5],
        n[6],
        n[7],
        (int) n[8],
        n[9],
        n[10],
        n[11],
        (int) n[12],
        n[13],
        (int) n[14],
        BlockCompression.of((int) n[15]));
  }

  static byte[] rangeDeletes(List<RangeDelete> deletes) {
    long size = 0;
    for (RangeDelete delete : deletes) {
      size += RANGE_HEADER_BYTES + delete.start().length + delete.limit().length;
    }
    byte[] bytes = new byte[Math.toIntExact(size)];
    int at = 0;
    for (RangeDelete delete : deletes) {
      LittleEndian.putLong(bytes, at, delete.sequence());
      LittleEndian.putInt(bytes, at + 8, delete.start().length);
      LittleEndian.putInt(bytes, at + 12, delete.limit().length);
      at += RANGE_HEADER_BYTES;
      System.arraycopy(delete.start(), 0, bytes, at, delete.start().length);
      at += delete.start().length;
      System.arraycopy(delete.limit(), 0, bytes, at, delete.limit().length);
      at += delete.limit().length;
    }
    return bytes;
  }

  static List<RangeDelete> readRangeDeletes(Path file, byte[] bytes, long offset, int count) {
    List<RangeDelete> deletes = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      boolean whole = bytes.length - at >= RANGE_HEADER_BYTES;
      int start = whole ? LittleEndian.getInt(bytes, at + 8) : -1;
      int limit = whole ? LittleEndian.getInt(bytes, at + 12) : -1;
      int keyAt = at + RANGE_HEADER_BYTES;
      // A bound may be a successor, which is a byte longer than a key.
      if (start < 0
          || limit < 0
          || start > BatchFormat.KEY_BYTES_MAX + 1
          || limit > BatchFormat.KEY_BYTES_MAX + 1
          || start + limit > bytes.length - keyAt) {
        throw new CorruptionException(file, offset + at, "a range delete is impossible");
      }
      RangeDelete delete =
          new RangeDelete(
              Arrays.copyOfRange(bytes, keyAt, keyAt + start),
              Arrays.copyOfRange(bytes, keyAt + start, keyAt + start + limit),
              LittleEndian.getLong(bytes, at));
      if (delete.sequence() < 0 || !Keys.isBelow(delete.start(), delete.limit())) {
        throw new CorruptionException(file, offset + at, "a range delete is impossible");
      }
      deletes.add(delete);
      at = keyAt + start + limit;
    }
    if (deletes.size() != count) {
      throw new CorruptionException(file, offset, "range deletes are missing");
    }
    return deletes;
  }
}
