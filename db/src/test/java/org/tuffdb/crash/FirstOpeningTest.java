package org.tuffdb.crash;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.MemoryFileSystem;

/// The process that makes a store is killed between the renaming of `CURRENT` and the sync behind
/// it; the power fails while the next one opens what it finds.
class FirstOpeningTest {
  private static final int SEEDS = 64;

  private @Nullable MemoryFileSystem killed;

  /// Found by `FaultsTest`, seed 5, where the renaming reported an error after its work: the name
  /// of the first log came to the disk, and that of `CURRENT` did not.
  @Test
  void noLogIsOnTheDiskBeforeCurrentIs() {
    MemoryFileSystem left = killedAfterRename();
    left.listen(call -> {
      for (long seed = 0; call.kind().changes() && seed < SEEDS; seed++) {
        Stores.open(left.crash(seed), seed).close();
      }
    });
    Stores.open(left, 1).close();
  }

  private MemoryFileSystem killedAfterRename() {
    MemoryFileSystem disk = new MemoryFileSystem();
    boolean[] renamed = {false};
    disk.listen(call -> {
      if (renamed[0] && killed == null) {
        killed = disk.restart();
      }
      renamed[0] |= call.kind() == FileCall.Kind.RENAME;
    });
    Stores.open(disk, 1).close();
    return Objects.requireNonNull(killed);
  }
}
