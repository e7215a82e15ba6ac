package org.tuffdb.table;

/// How a table is written.
///
/// @param blockBytes how large a block may be before it is compressed, its checksum included;
///   larger ones hold a single entry
/// @param filterBitsPerKey how many bits of filter each key gets; 0 for no filter
/// @param compression how blocks are stored
public record TableOptions(int blockBytes, int filterBitsPerKey, BlockCompression compression) {
  static final int BLOCK_BYTES_MIN = 64;
  static final int BLOCK_BYTES_MAX = 1 << 20;
  static final int FILTER_BITS_PER_KEY_MAX = 64;

  public TableOptions {
    if (blockBytes < BLOCK_BYTES_MIN || blockBytes > BLOCK_BYTES_MAX) {
      throw new IllegalArgumentException(
          "blocks have %d to %d bytes, not %d"
              .formatted(BLOCK_BYTES_MIN, BLOCK_BYTES_MAX, blockBytes));
    }
    if (filterBitsPerKey < 0 || filterBitsPerKey > FILTER_BITS_PER_KEY_MAX) {
      throw new IllegalArgumentException(
          "a filter has 0 to %d bits a key, not %d"
              .formatted(FILTER_BITS_PER_KEY_MAX, filterBitsPerKey));
    }
  }
}
