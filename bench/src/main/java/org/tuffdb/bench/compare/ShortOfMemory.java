package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.tuffdb.bench.MemoryCgroup;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Settings;

/// Runs a workload in a control group, of whose memory the heap has a third and the store a
/// quarter.
///
/// @param mib what the group has in all, cached files included
record ShortOfMemory(long mib) {
  int heapMib() {
    return Math.toIntExact(mib / 3);
  }

  long memoryMib() {
    return mib / 4;
  }

  Result run(String store, String workload, Launch launch, Settings settings)
      throws ChildFailure, IOException, InterruptedException {
    MemoryCgroup created;
    try {
      created = MemoryCgroup.create(mib << 20);
    } catch (IOException refused) {
      throw new ChildFailure("this machine allows no memory cgroup: " + refused, refused);
    }
    try (MemoryCgroup group = created) {
      evict(settings.directory());
      return launch
          .withHeap(heapMib())
          .run(store, workload, settings.withMemory(memoryMib() << 20), group);
    }
  }

  /// What the loading process has left in the page cache counts for no group.
  private static void evict(Path store) throws IOException, InterruptedException {
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.toList()) {
        Launch.program("dd", "if=" + file, "iflag=nocache", "count=0", "status=none");
      }
    }
  }
}
