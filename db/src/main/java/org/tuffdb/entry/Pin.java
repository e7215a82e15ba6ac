package org.tuffdb.entry;

/// Something that holds memory in place for a reader until it is told to let go.
public interface Pin {
  /// Lets go of what was pinned under this number.
  void unpin(long pinned);
}
