package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

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

  /// It is asked for when there is room, and made later.
  @Test
  void memoryIsMadeReadyWithinTheBudgetAlone() {
    Options options = Options.builder().memory(64 * MIB).memtable(8 * MIB).build();
    try (Db db =
        SmallStore.builder(new MemoryFileSystem()).options(options).background(background).open()) {
      Keyspaces keyspaces = Inside.get(db, "keyspaces", Keyspaces.class);
      background.runAll();
      keyspaces.prepareMemory();
      AtomicLong taken = Inside.get(keyspaces, "memoryBytes", AtomicLong.class);
      long byWriters = options.memtablesBytes() - MIB;
      taken.addAndGet(byWriters);
      background.runAll();
      assertThat(Inside.get(keyspaces, "pool", SegmentPool.class).keptBytes()).isZero();
      taken.addAndGet(-byWriters);
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
