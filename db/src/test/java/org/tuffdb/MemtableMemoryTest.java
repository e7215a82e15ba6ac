package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.memtable.Memtable;

/// Where the memory of memtables comes from, as writers go on.
class MemtableMemoryTest {
  private static final int VALUE_BYTES = 10_000;
  private static final int MIB = 1 << 20;

  private final ManualBackground background = new ManualBackground(new ManualClock());
  private int written;

  private Db open(int memtableBytes) {
    return SmallStore.builder(new MemoryFileSystem())
        .options(Options.builder().memory(1 << 30).memtable(memtableBytes).build())
        .background(background)
        .open();
  }

  private void write(Db db, int bytes) {
    for (int done = 0; done < bytes; done += VALUE_BYTES) {
      byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(written++).array();
      db.put(key, new byte[VALUE_BYTES], Durability.BUFFERED);
    }
  }

  private static List<Memtable> memtables(Db db) {
    return List.of(Inside.get(db, "defaultKeyspace", Keyspace.class).view().memtables());
  }

  /// To make much memory takes long: while nobody else does it, writers go on in small memtables,
  /// and a large one takes over as soon as it is ready.
  @Test
  void aWriterMakesLittleMemoryItself() {
    try (Db db = open(64 * MIB)) {
      write(db, 20 * MIB);
      assertThat(memtables(db))
          .hasSizeGreaterThan(2)
          .allMatch(memtable -> memtable.reservedBytes() < 8 * MIB);
      background.runAll();
      write(db, 20 * MIB);
      assertThat(memtables(db)).hasSizeLessThan(5);
      assertThat(memtables(db)).anyMatch(memtable -> memtable.reservedBytes() > 60 * MIB);
    }
  }

  /// Cursors may hold many of them in place.
  @Test
  void smallMemtablesTakeLittle() {
    int memtableBytes = 40 << 10;
    try (Db db = open(memtableBytes)) {
      write(db, MIB);
      List<Memtable> memtables = memtables(db);
      assertThat(memtables).hasSizeGreaterThan(40);
      assertThat(memtables.subList(0, memtables.size() - 1))
          .allMatch(memtable -> memtable.reservedBytes() <= memtableBytes);
    }
  }
}
