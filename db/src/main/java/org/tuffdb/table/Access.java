package org.tuffdb.table;

/// How a table's file is read.
public enum Access {
  /// The whole file is mapped and blocks are used in place, except for compressed ones.
  MAPPED,
  /// Blocks are read into the block cache.
  CACHED
}
