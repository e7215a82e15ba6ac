package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WrappedBackground;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogReader;
import org.tuffdb.table.BlockCache;

/// A store that is closed while much is going on in it.
class ClosingTest {
  private static final byte[] KEY = bytes("key");
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// On the thread that committed it, several times, and while another thread closes it, too.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatDependsOnAWriteMayCloseTheStore() throws Exception {
    Db db = SmallStore.builder(store.faulty).executor(Runnable::run).open();
    CountDownLatch dependsOnIt = new CountDownLatch(1);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC && SmallStore.isLog(call)) {
        awaitQuietly(dependsOnIt);
      }
    });
    CompletionStage<@Nullable Void> written =
        db.writeAsync(new Batch().put(KEY, VALUE), Durability.SYNC);
    List<CompletableFuture<@Nullable Void>> closings =
        List.of(
            written.thenRun(db::close).toCompletableFuture(),
            written.thenRun(db::close).toCompletableFuture());
    FutureTask<Boolean> beside = new FutureTask<>(db::close, true);
    Thread.ofPlatform().start(beside);
    dependsOnIt.countDown();
    for (CompletableFuture<@Nullable Void> closing : closings) {
      closing.get();
    }
    assertThat(beside.get()).isTrue();
    try (Db again = store.open()) {
      assertThat(again.get(KEY)).isEqualTo(VALUE);
    }
  }

  /// A write that comes yet would stand behind what ends the log, and be passed over.
  @Test
  void theLogIsNotEndedWhereSomebodyMayBeWriting() throws Exception {
    Db db = store.open();
    db.put(KEY, VALUE, Durability.BUFFERED);
    CommitPipeline pipeline = Inside.get(db, "pipeline", CommitPipeline.class);
    Inside.get(pipeline, "leadership", Leadership.class).taken = true;
    Inside.set(pipeline, "queue", null); // so that it cannot even wait for its turn
    long log = pipeline.logSegment().number();
    assertThatThrownBy(db::close).isInstanceOf(DbException.class);
    Path path = FileNames.log(SmallStore.DIRECTORY, log);
    MemoryFileSystem left = store.disk.crash(CrashChoice.loseAll());
    try (LogReader reader = new LogReader(left, path, FileHeader.Kind.LOG, log)) {
      List<Byte> types = new ArrayList<>();
      while (reader.next()) {
        types.add(reader.type());
      }
      assertThat(types).contains(LogFormat.DATA).doesNotContain(LogFormat.SEAL);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  /// Closing waits for the write that is under way, and meanwhile a compaction becomes due: it must
  /// not take the closing for a failure, which would refuse the writes that wait.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aCompactionGoesOnWhileClosingWaits() throws Exception {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    Db db =
        SmallStore.builder(store.faulty)
            .background(store.background)
            .clock(store.clock)
            .listener(events::add)
            .options(Options.builder().memory(64 << 20).level0Tables(2).build())
            .open();
    for (int i = 0; i < 2; i++) {
      db.put(KEY, VALUE);
      freezeAndFlush(db);
    }
    FutureTask<Boolean> close = new FutureTask<>(db::close, true);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC && SmallStore.isLog(call)) {
        store.faulty.listen(null);
        Thread.ofPlatform().start(close);
        while (isOpen(db)) {
          Thread.onSpinWait();
        }
        for (int i = 0; i < 5; i++) {
          store.clock.advance(100_000_000);
          store.background.runAll();
        }
      }
    });
    db.put(bytes("last"), VALUE);
    assertThat(close.get()).isTrue();
    assertThat(events)
        .hasAtLeastOneElementOfType(Event.Compacted.class)
        .noneMatch(event -> event instanceof Event.Failed)
        .noneMatch(event -> event instanceof Event.HousekeepingFailed);
    store.disk.assertNothingOpen();
    try (Db again = store.openAfterPowerCut()) {
      assertThat(again.get(bytes("last"))).isEqualTo(VALUE);
    }
  }

  /// Has the flush done and leaves the compaction that follows.
  private void freezeAndFlush(Db db) {
    Inside.get(db, "maintenance", Maintenance.class).freezeAll();
    while (db.stats().keyspaces().getFirst().memtables() > 0) {
      assertThat(store.background.runOne()).isTrue();
    }
  }

  private static boolean isOpen(Db db) {
    try {
      return db.get(KEY) != null;
    } catch (DbClosedException closed) {
      return false;
    }
  }

  /// The last keyspace to let go of its view may have no table.
  @Test
  void theCacheIsFreed() {
    Db db =
        SmallStore.builder(store.disk)
            .options(Options.builder().memory(16 << 20).reading(Reading.CACHED).build())
            .background(store.background)
            .clock(store.clock)
            .open();
    db.put(KEY, VALUE);
    db.flush();
    assertThat(db.get(KEY)).isEqualTo(VALUE);
    for (int i = 0; i < 40; i++) {
      db.keyspace("k" + i).put(KEY, VALUE);
    }
    BlockCache cache = Inside.get(db, "cache", BlockCache.class);
    assertThat(cache.memoryBytes()).isPositive();
    db.close();
    assertThat(cache.memoryBytes()).isZero();
  }

  /// The reader may be the very thread that closes: nobody else can give the memory.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aWriterThatWaitsForWhatACursorHoldsIsRefused() throws Exception {
    Semaphore waiting = new Semaphore(0);
    Db db =
        SmallStore.builder(store.disk)
            .options(Options.builder().memory(1 << 20).memtable(64 << 10).stallLimit(0).build())
            .background(new Watched(Background.threads("test"), waiting))
            .open();
    db.put(KEY, VALUE);
    Cursor cursor = db.scan(KeyRange.all());
    FutureTask<Boolean> writer = new FutureTask<>(() -> db.put(KEY, new byte[400_000]), true);
    Thread.ofPlatform().start(writer);
    waiting.acquire();
    db.close();
    assertThatThrownBy(writer::get)
        .hasCauseInstanceOf(DbClosedException.class)
        .hasMessageContaining("held in place by cursors");
    cursor.close();
    store.disk.assertNothingOpen();
  }

  /// A background that tells when somebody waits in it.
  private record Watched(Background tasks, Semaphore waiting) implements WrappedBackground {
    @Override
    public void pause(long nanos) {
      waiting.release();
      tasks.pause(nanos);
    }
  }
}
