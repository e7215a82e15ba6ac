package org.tuffdb.table;

/// How the blocks of a table are stored. The codes are part of the format.
public enum BlockCompression {
  NONE(0),
  /// A block that it does not make smaller by an eighth is stored as it is.
  LZ4(1);

  final int code;

  BlockCompression(int code) {
    this.code = code;
  }

  static BlockCompression of(int code) {
    return code == LZ4.code ? LZ4 : NONE;
  }
}
