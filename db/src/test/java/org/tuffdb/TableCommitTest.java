package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.table.Access;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.Table;
import org.tuffdb.version.Levels;
import org.tuffdb.version.Manifest;

/// What goes wrong in a flush or a compaction after the manifest has its tables: their files stay,
/// as those that they replace are given up.
class TableCommitTest {
  private static final int KEYS = 100;

  private final SmallStore store = new SmallStore();
  private final Db db = store.open();

  private void fill(int round) {
    for (int i = 0; i < KEYS; i++) {
      db.put(key(i), value(round));
    }
  }

  private static byte[] key(int i) {
    return ("key" + i).getBytes(UTF_8);
  }

  private static byte[] value(int round) {
    return ("value" + round).getBytes(UTF_8);
  }

  private static void requireAll(Db from, int round) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(from.get(key(i))).isEqualTo(value(round));
    }
  }

  @Test
  void aFlushThatReadersCannotSeeEndsWriting() {
    fill(1);
    failWhenTablesAreShown();
    assertThatThrownBy(db::flush).isInstanceOf(ReadOnlyException.class);
    requireAll(db, 1);
    reopen(1);
  }

  @Test
  void aCompactionThatReadersCannotSeeEndsWriting() {
    fill(1);
    db.flush();
    fill(2);
    db.flush();
    failWhenTablesAreShown();
    assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(ReadOnlyException.class);
    requireAll(db, 2);
    reopen(2);
  }

  /// Memory runs out when the next view is made.
  private void failWhenTablesAreShown() {
    Inside.set(Inside.get(db, "lifetimes", Lifetimes.class), "openOf", new NoMemory());
  }

  private static final class NoMemory extends HashMap<Long, Object> {
    private static final long serialVersionUID = 1;

    @Override
    public Object computeIfAbsent(Long key, Function<? super Long, ?> make) {
      throw new OutOfMemoryError("injected");
    }
  }

  /// Readers have the tables by then: to close them would fail reads.
  @Test
  void tablesThatAreShownStayThoughMemoryRunsOutBehindThat() {
    fill(1);
    Readers readers = Inside.get(db, "readers", Readers.class);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC_DIRECTORY) {
        Inside.set(readers, "waiting", new FullList());
      }
    });
    db.flush();
    assertThat(db.stats().writable()).isFalse();
    store.faulty.listen(null);
    Inside.set(readers, "waiting", new ArrayList<Runnable>());
    requireAll(db, 1);
    reopen(1);
  }

  private static final class FullList extends ArrayList<Runnable> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean add(Runnable action) {
      throw new OutOfMemoryError("injected");
    }
  }

  /// Of a directory's failed sync the system tells once. What was created before may be lost.
  @Test
  void aFlushIsNotCommittedAfterAnotherLanesSyncOfTheDirectoryHasFailed() {
    fill(1);
    Directory directory = Inside.get(db, "directory", Directory.class);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC && SmallStore.isTable(call)) {
        store.faulty.listen(null);
        store.faulty.failNth(
            Fault.IO_ERROR, 1, each -> each.kind() == FileCall.Kind.SYNC_DIRECTORY);
        assertThatThrownBy(directory::sync).isInstanceOf(IOException.class);
      }
    });
    assertThatThrownBy(db::flush).isInstanceOf(ReadOnlyException.class);
    requireAll(db, 1);
    try (Db again = store.openAfterPowerCut()) {
      requireAll(again, 1);
    }
    reopen(1);
  }

  /// Whether its memory is used again meanwhile or not.
  @Test
  void aKeyspaceMayBeDroppedWhileItIsFlushed() {
    db.close();
    List<Event> events = new ArrayList<>();
    store.background = new ManualBackground(store.clock);
    try (Db other = store.open(events::add)) {
      Keyspace dropped = other.keyspace("dropped");
      for (int i = 0; i < KEYS; i++) {
        dropped.put(key(i), value(i));
      }
      store.faulty.listen(call -> {
        if (call.kind() == FileCall.Kind.CREATE && SmallStore.isTable(call)) {
          store.faulty.listen(null);
          other.dropKeyspace("dropped");
          for (int i = 0; i < KEYS; i++) {
            other.put(new byte[1 + i], new byte[10 * i]);
          }
        }
      });
      other.flush();
      assertThat(events).noneMatch(Event.HousekeepingFailed.class::isInstance);
      assertThat(other.stats().writable()).isTrue();
    }
    store.disk.assertNothingOpen();
  }

  /// What a merge, or a change that failed half way, has left mapped.
  @Test
  void whatIsStillMappedIsReadThroughTheCacheAfterTheNextFlush() {
    fill(1);
    db.flush();
    Inside.set(Inside.get(db, "tables", Tables.class), "access", Access.CACHED);
    fill(2);
    db.flush();
    Levels levels = Inside.get(db, "defaultKeyspace", Keyspace.class).view().levels();
    assertThat(levels.tables()[0]).hasSize(2).noneMatch(Table::isMapped);
    requireAll(db, 2);
    reopen(2);
  }

  @Test
  void aFlushStandsThoughTheStoreCannotAdaptToIt() {
    fill(1);
    failToAdaptAfter(db::flush);
    requireAll(db, 1);
    assertThat(db.stats().writable()).isTrue();
    reopen(1);
  }

  @Test
  void aCompactionStandsThoughTheStoreCannotAdaptToIt() {
    fill(1);
    db.flush();
    fill(2);
    db.flush();
    failToAdaptAfter(() -> db.compact(KeyRange.all()));
    assertThat(db.stats().keyspaces().getFirst().levels().getFirst().tables()).isEmpty();
    requireAll(db, 2);
    assertThat(db.stats().writable()).isTrue();
    reopen(2);
  }

  /// After the tables were written, and before the manifest learns of them, the cache is taken
  /// away; its turn comes when they are shown.
  private void failToAdaptAfter(Runnable action) {
    Tables tables = Inside.get(db, "tables", Tables.class);
    BlockCache cache = Inside.get(tables, "cache", BlockCache.class);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC_DIRECTORY) {
        Inside.set(tables, "cache", null);
      }
    });
    action.run();
    assertThat(Inside.isNull(tables, "cache")).isTrue();
    store.faulty.listen(null);
    Inside.set(tables, "cache", cache);
  }

  /// The manifest knows a table a moment before readers see it: who merges it waits that long.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aCompactionWaitsUntilTheTablesAreShown() throws Exception {
    db.close();
    store.background = new ManualBackground(store.clock);
    List<Event> events = new ArrayList<>();
    Runnable[] onFlushed = {() -> {}};
    Db merging =
        SmallStore.builder(store.faulty)
            .options(Options.builder().memory(64 << 20).level0Tables(2).build())
            .background(store.background)
            .clock(store.clock)
            .listener(event -> {
              events.add(event);
              if (event instanceof Event.Flushed) {
                onFlushed[0].run();
              }
            })
            .open();
    merging.put(key(1), value(1));
    merging.flush();
    merging.put(key(1), value(2));
    Compactor compactor = Inside.get(merging, "maintenance", Maintenance.class).compactor();
    FutureTask<Boolean> merge = new FutureTask<>(() -> compactor.compactOne(() -> false));
    Thread merges = Thread.ofPlatform().unstarted(merge);
    Manifest manifest = Inside.get(merging, "manifest", Manifest.class);
    store.faulty.listen(call -> {
      if (SmallStore.isManifest(call) && level0Tables(manifest) == 2 && !merges.isAlive()) {
        store.faulty.listen(null);
        merges.start();
        while (merges.getState() != Thread.State.BLOCKED && merges.isAlive()) {
          Thread.onSpinWait();
        }
      }
    });
    onFlushed[0] = () -> join(merges);
    merging.flush();
    assertThat(merge.get()).isTrue();
    assertThat(events).hasAtLeastOneElementOfType(Event.Compacted.class);
    assertThat(merging.get(key(1))).isEqualTo(value(2));
    merging.close();
    store.disk.assertNothingOpen();
  }

  private static int level0Tables(Manifest manifest) {
    return manifest.version().keyspaces().values().iterator().next().levels().getFirst().size();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  private void reopen(int round) {
    db.close();
    try (Db again = store.open()) {
      requireAll(again, round);
      again.put(key(0), value(round));
    }
    try (Db again = store.openAfterPowerCut()) {
      requireAll(again, round);
    }
  }
}
