package org.tuffdb;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.FileCall;

/// A merge takes as long as it takes; writers go on meanwhile.
class CompactionMemoryTest {
  /// Two of them and little else fit into the memory for memtables, half of a megabyte.
  private static final byte[] VALUE = new byte[200 << 10];

  private final CountDownLatch merging = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);

  /// A merge that held the memtables which were there when it began would hold up every writer.
  @Test
  void memtablesGiveTheirMemoryBackWhileTablesAreMerged() throws InterruptedException {
    SmallStore store = new SmallStore();
    store.disk.listen(this::holdMerge);
    Options options = Options.builder().memory(1 << 20).stallLimit(10_000).build();
    try (Db db = SmallStore.builder(store.disk).options(options).open()) {
      try {
        while (merging.getCount() > 0) {
          overwrite(db);
        }
        for (int i = 0; i < 6; i++) {
          overwrite(db);
        }
      } finally {
        mayGoOn.countDown();
      }
      db.settle();
    }
  }

  private void holdMerge(FileCall call) {
    boolean merge =
        call.kind() == FileCall.Kind.CREATE
            && SmallStore.isTable(call)
            && Thread.currentThread().getName().endsWith("-compaction");
    if (merge && merging.getCount() > 0) {
      merging.countDown();
      try {
        mayGoOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void overwrite(Db db) {
    db.put(new byte[] {1}, VALUE, Durability.BUFFERED);
  }
}
