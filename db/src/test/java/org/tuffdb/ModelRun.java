package org.tuffdb;

import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.error.DbClosedException;

/// One run of the model test: everything in it follows from the seed, and happens on one thread.
final class ModelRun {
  private static final List<String> NAMES = List.of("default", "a", "b", "c");

  /// So often the store looks whether reads that were under way have ended.
  private static final long READS_LOOKED_FOR_NANOS = 2_000_000;

  private static final int PHASE = 2_500;

  private final SplittableRandom random;
  private final ModelShape shape;
  private final ModelStore store;
  private final ModelCheck check;
  private final ModelReads reads;
  private final ModelWrites writes;

  ModelRun(long seed) {
    random = new SplittableRandom(seed);
    shape = new ModelShape(random);
    store = new ModelStore(random, shape.options());
    check = new ModelCheck(random, shape, store);
    reads = new ModelReads(random, shape, store, check);
    writes = new ModelWrites(random, shape, store);
  }

  Options options() {
    return shape.options();
  }

  ModelCounts counts() {
    return store.counts;
  }

  long operations() {
    return store.operations();
  }

  /// Works until so many operations are done: each change of a batch, each get and each step of a
  /// cursor that was drawn is one. Comparing everything is done besides.
  void run(long wanted) {
    try {
      long nextPhase = PHASE;
      while (store.operations() < wanted) {
        step();
        if (store.isCrashed()) {
          recover();
        }
        if (store.operations() >= nextPhase) {
          nextPhase = store.operations() + PHASE;
          phase();
        }
      }
      phase();
    } finally {
      store.failNoMore();
      reads.release();
      store.close();
    }
    store.requireNothingOpen();
  }

  private void step() {
    int drawn = random.nextInt(1_000);
    if (drawn < 450) {
      reads.moveIdleCursors();
      reads.makeRoom();
      writes.write();
    } else if (drawn < 700) {
      reads.get();
    } else if (drawn < 900) {
      reads.scan();
    } else if (drawn < 970) {
      work();
    } else if (drawn < 985) {
      reads.snapshot();
    } else if (drawn < 997) {
      shape.changeFocus();
    } else {
      rarely();
    }
  }

  private void rarely() {
    store.countOperations(1);
    switch (random.nextInt(14)) {
      case 0 -> flush();
      case 1 -> compact();
      case 2 -> settle();
      case 3 -> store.rest();
      case 4, 5, 6 -> createKeyspace();
      case 7 -> dropKeyspace();
      case 8, 9 -> reopen();
      case 10, 11, 12 -> store.failSoon();
      default -> store.crashNow();
    }
  }

  private void work() {
    store.countOperations(1);
    store.advance(random.nextLong(20_000_000));
    for (int tasks = random.nextInt(8); tasks > 0 && store.runTask(); tasks--) {
      store.counts.add("task");
    }
  }

  private void flush() {
    store.db().flush();
    store.flushed();
    if (store.db().stats().keyspaces().stream().anyMatch(k -> k.memtableEntries() > 0)) {
      throw new AssertionError("something is left in memory after a flush");
    }
    store.counts.add("flush asked for");
  }

  private void compact() {
    Model.Space space = store.space();
    store.keyspace(space).compact(random.nextBoolean() ? KeyRange.all() : shape.range());
    store.counts.add("compact asked for");
  }

  private void settle() {
    store.db().settle();
    store.counts.add("settle");
  }

  private void createKeyspace() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    if (store.model.find(name) == null) {
      store.model.create(name);
      store.db().keyspace(name);
      if (!store.isCrashed()) {
        store.model.created(name);
      }
      store.counts.add("keyspace created");
    }
  }

  private void dropKeyspace() {
    String name = NAMES.get(1 + random.nextInt(NAMES.size() - 1));
    Model.Space space = store.model.find(name);
    if (space == null) {
      return;
    }
    Keyspace keyspace = store.keyspace(space);
    store.model.dropping(name);
    store.db().dropKeyspace(name);
    store.counts.add("keyspace dropped");
    if (!store.isCrashed()) {
      store.model.dropped(name);
    }
    reads.requireClosed(space);
    try {
      keyspace.get(shape.key());
    } catch (DbClosedException expected) {
      return;
    }
    throw new AssertionError("a keyspace that was dropped still answers");
  }

  private void reopen() {
    boolean closesFirst = random.nextBoolean();
    if (closesFirst) {
      reads.release();
    }
    store.close();
    reads.requireAllClosed();
    reads.release();
    if (store.isCrashed()) {
      store.counts.add("crash while closing");
      return;
    }
    store.reopen();
    check.compareAll();
  }

  private void recover() {
    reads.release();
    store.recover();
    check.compareAll();
  }

  private void phase() {
    if (store.isCrashed()) {
      return;
    }
    store.counts.add("phase");
    check.compareAll();
    reads.look();
    requireNoFilesLeft();
    reads.compareSnapshots();
  }

  /// A table that was merged is deleted as soon as no cursor looks into it; the background may do
  /// it.
  private void requireNoFilesLeft() {
    reads.moveAllCursors();
    store.advance(READS_LOOKED_FOR_NANOS);
    while (!store.tableFiles().equals(store.liveTables())) {
      if (!store.runTask()) {
        throw new AssertionError(
            "tables on the disk: %s; in use: %s".formatted(store.tableFiles(), store.liveTables()));
      }
      reads.moveAllCursors();
    }
  }
}
