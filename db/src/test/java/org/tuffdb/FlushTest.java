package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.fs.FileCall;

/// How memtables get into tables, and the log goes behind them.
class FlushTest {
  private static final byte[] KEY = bytes("key");
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// While a flush is under way, a sync that began earlier ends and makes a part of the memtable
  /// durable: what a durable snapshot shows then must not be among what the flush leaves out.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDurableSnapshotKeepsItsVersionsThroughAFlush() throws Exception {
    try (Db db = store.open()) {
      store.background.runAll();
      db.put(KEY, bytes("first"));
      db.put(KEY, bytes("second"), Durability.BUFFERED);
      FlushBesideSync run = new FlushBesideSync(db);
      Snapshot durable = run.flush(() -> db.put(KEY, bytes("third"), Durability.BUFFERED));
      byte[] shownBefore = run.shown;
      assertThat(shownBefore).isIn(bytes("second"), bytes("third"));
      assertThat(db.stats().keyspaces().getFirst().memtables()).isZero();
      assertThat(durable.get(KEY)).isEqualTo(shownBefore);
      durable.close();
    }
  }

  /// A sync of the log that is held up until a flush waits for it or has begun its table.
  private final class FlushBesideSync {
    private final Db db;
    private final Thread flusher = Thread.currentThread();
    private final Semaphore syncing = new Semaphore(0);
    private final FutureTask<Boolean> sync;
    private volatile boolean writesTable;
    private @Nullable Snapshot snapshot;
    private byte @Nullable [] shown;

    FlushBesideSync(Db db) {
      this.db = db;
      CommitPipeline pipeline = Inside.get(db, "pipeline", CommitPipeline.class);
      sync =
          new FutureTask<>(() -> {
            pipeline.syncBeside();
            return true;
          });
    }

    /// Calls `write` when the sync has begun, and flushes then.
    Snapshot flush(Runnable write) throws Exception {
      store.faulty.listen(this::hold);
      Thread.ofPlatform().start(sync);
      syncing.acquire();
      write.run();
      Inside.get(db, "maintenance", Maintenance.class).freezeAll();
      store.background.runAll();
      store.faulty.listen(null);
      if (snapshot == null) {
        throw new AssertionError("no table was written");
      }
      return snapshot;
    }

    private void hold(FileCall call) {
      if (!Thread.currentThread().equals(flusher) && call.kind() == FileCall.Kind.SYNC) {
        syncing.release();
        while (!writesTable && flusher.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      } else if (call.kind() == FileCall.Kind.CREATE && SmallStore.isTable(call)) {
        writesTable = true;
        try {
          assertThat(sync.get()).isTrue();
        } catch (Exception failed) {
          throw new AssertionError(failed);
        }
        snapshot = db.durableSnapshot();
        shown = snapshot.get(KEY);
      }
    }
  }

  /// A flush that ends while somebody looks which memtable is the oldest must not pass for the last
  /// one.
  @Test
  void flushingWaitsForAllKeyspaces() {
    try (Db db = store.open()) {
      store.background.runAll();
      for (int i = 0; i < 4; i++) {
        db.keyspace("k" + i).put(KEY, VALUE);
      }
      Inside.set(Inside.get(db, "keyspaces", Keyspaces.class), "byName", new Passing(db));
      db.flush();
      assertThat(db.stats().keyspaces())
          .allSatisfy(keyspace -> assertThat(keyspace.memtableEntries()).isZero());
    }
  }

  /// The keyspaces; each time somebody has looked at all of them a task of the background runs.
  private final class Passing extends ConcurrentHashMap<String, Keyspace> {
    private static final long serialVersionUID = 1;

    private transient boolean running;

    Passing(Db db) {
      for (String name : db.keyspaces()) {
        put(name, db.keyspace(name));
      }
    }

    @Override
    public Collection<Keyspace> values() {
      Collection<Keyspace> all = List.copyOf(super.values());
      if (running) {
        return all;
      }
      return new AbstractCollection<>() {
        @Override
        public Iterator<Keyspace> iterator() {
          return lookedAt(all.iterator());
        }

        @Override
        public int size() {
          return all.size();
        }
      };
    }

    private Iterator<Keyspace> lookedAt(Iterator<Keyspace> all) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          if (!all.hasNext() && !running) {
            running = true;
            boolean _ = store.background.runOne();
            running = false;
          }
          return all.hasNext();
        }

        @Override
        public Keyspace next() {
          return all.next();
        }
      };
    }
  }

  @Test
  void aStoreThatIsFlushedWithoutBeingWrittenGetsNoMoreLogFiles() {
    try (Db db = store.open()) {
      db.put(KEY, VALUE);
      for (int i = 0; i < 20; i++) {
        db.flush();
        idle();
      }
      assertThat(db.stats().logFiles()).isLessThanOrEqualTo(2);
      for (int i = 0; i < 20; i++) {
        db.settle();
        idle();
      }
      assertThat(db.stats().logFiles()).isLessThanOrEqualTo(2);
    }
  }

  /// Long enough for the log to vouch for its end.
  private void idle() {
    store.clock.advance(90_000_000);
    store.background.runAll();
  }

  /// There is nothing to flush, and yet there are files that nobody needs.
  @Test
  void aStoreAtRestDropsTheLogOfAKeyspaceThatWasDropped() {
    try (Db db = store.open()) {
      store.background.runAll();
      for (int i = 0; i < 20; i++) {
        db.keyspace("k").put(bytes("key" + i), new byte[10_000]);
      }
      store.background.runAll();
      assertThat(db.stats().logFiles()).isGreaterThan(2);
      db.dropKeyspace("k");
      db.settle();
      store.background.runAll();
      assertThat(db.stats().logFiles()).isLessThanOrEqualTo(2);
    }
  }
}
