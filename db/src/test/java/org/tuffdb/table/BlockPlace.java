package org.tuffdb.table;

import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Parts;

/// Where a block and its trailer lie in a file: see [Block].
record BlockPlace(long begin, long end, boolean isCompressed) {
  private static final String HEADER = "block header";
  private static final String COLUMNS = "block columns";

  /// Of what LZ4 made of a block, so many bytes count as numbers.
  private static final int PACKED_BYTES = 40;

  void addTo(Parts parts, byte[] file) {
    int length = (int) (end - begin) - TableFormat.TRAILER_BYTES;
    parts.add("block trailer", new Field("size", (int) begin + length, 4));
    if (isCompressed) {
      parts.addAll("packed block", "byte", (int) begin, 1, Math.min(length, PACKED_BYTES));
    } else {
      addHeader(parts, (int) begin);
      addColumns(parts, file, (int) begin);
    }
  }

  private static void addHeader(Parts parts, int at) {
    parts.add(HEADER, new Field("entries", at, 4));
    parts.add(HEADER, new Field("prefix", at + 4, 4));
    parts.add(HEADER, new Field("smallest sequence", at + 8, 8));
    parts.add(HEADER, new Field("width of sequences", at + 16, 1));
    parts.add(HEADER, new Field("width of offsets", at + 17, 1));
    parts.add(HEADER, new Field("width of lengths", at + 18, 1));
    parts.add(HEADER, new Field("kind", at + 19, 1));
    parts.add(HEADER, new Field("key length", at + 20, 4));
    parts.add(HEADER, new Field("entry size", at + 24, 4));
  }

  private static void addColumns(Parts parts, byte[] file, int block) {
    int count = LittleEndian.getInt(file, block);
    int kinds = file[block + 19] == 0 ? count : 0;
    int at = parts.addAll(COLUMNS, "word", block + Block.WORDS_AT, 8, count);
    at = parts.addAll(COLUMNS, "sequence", at, file[block + 16] & (Block.RISING - 1), count);
    at = parts.addAll(COLUMNS, "offset", at, file[block + 17], count + 1);
    at = parts.addAll(COLUMNS, "key length", at, file[block + 18], count);
    at = parts.addAll(COLUMNS, "kind", at, 1, kinds);
    parts.add(COLUMNS, new Field("first byte", at, 1));
  }

  /// Makes the checksum right, if the block lies within the file.
  void seal(byte[] file, TableFormat format) {
    boolean within = begin >= 0 && end <= file.length && end - begin >= TableFormat.BLOCK_BYTES_MIN;
    if (within) {
      int sum = new Checksum().of(file, (int) begin, (int) (end - begin) - Integer.BYTES);
      LittleEndian.putInt(file, (int) end - Integer.BYTES, format.tied(sum, begin));
    }
  }

  /// Copies the block over as much of another one as it fills.
  void copy(byte[] from, BlockPlace to, byte[] into) {
    int length = (int) Math.min(end - begin, to.end - to.begin);
    System.arraycopy(from, (int) begin, into, (int) to.begin, length);
  }
}
