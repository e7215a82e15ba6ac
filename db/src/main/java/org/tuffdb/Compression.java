package org.tuffdb;

/// How the blocks of a table are stored: see [Options.Builder#compression(Compression)].
public enum Compression {
  /// As they are.
  NONE,
  /// By LZ4: smaller, and slower to read.
  LZ4
}
