package org.tuffdb.fs;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// What a name in a [MemoryDirectory] stands for.
sealed interface MemoryNode permits MemoryFile, MemoryDirectory {
  /// A copy as a new process finds it: nothing is lost and nothing synced. `copies` holds those
  /// made already, since a node can be reached from several places.
  MemoryNode afterRestart(Map<MemoryNode, MemoryNode> copies);

  /// Some of what waits for a sync goes to the disk without one.
  void writeBack(BooleanSupplier goes);

  /// A copy as a power cut may leave it, all of it on the disk.
  MemoryNode afterCrash(CrashChoice choice, Path path);
}
