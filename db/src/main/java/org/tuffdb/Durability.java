package org.tuffdb;

/// What a write survives when it returns.
public enum Durability {
  /// The end of the process, however it comes, but not a power cut or a crash of the operating
  /// system. Readers may see the write before it is on the disk: see [Db#durableSnapshot()].
  BUFFERED,

  /// A power cut: the write is on the disk. No reader sees it before.
  SYNC
}
