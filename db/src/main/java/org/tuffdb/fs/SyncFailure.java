package org.tuffdb.fs;

import java.util.function.BooleanSupplier;

/// A handle whose sync can be made to fail the way a failing disk does it.
interface SyncFailure {
  /// Does what a failed sync does: what was not synced counts as synced from now on, and only some
  /// of it is on the disk. The caller throws the exception.
  ///
  /// @param goes is asked of each piece whether it gets to the disk
  void failSync(BooleanSupplier goes);
}
