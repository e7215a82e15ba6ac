package org.tuffdb.fs;

/// A handle whose sync can be made to fail the way a failing disk does it.
interface SyncFailure {
  /// Does what a failed sync does: what was not synced counts as synced from now on, and is not on
  /// the disk. The caller throws the exception.
  void failSync();
}
