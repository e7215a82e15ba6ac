package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WrappedBackground;

/// Writes from many threads at once, platform and virtual.
class CommitPipelineTest {
  private static final Path DIRECTORY = Path.of("/db");
  private static final int WRITES = 300;

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final FaultyFileSystem faulty = new FaultyFileSystem(disk);

  private Db open() {
    return Db.builder(DIRECTORY).fileSystem(faulty).open();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void allThreadsWritesAreThereAndShareSyncs() throws InterruptedException {
    AtomicLong syncs = new AtomicLong();
    AtomicInteger alive = new AtomicInteger(16);
    AtomicInteger writing = new AtomicInteger();
    try (Db db = open()) {
      faulty.listen(call -> {
        if (call.kind() == FileCall.Kind.SYNC) {
          syncs.incrementAndGet();
          // As slow as a disk: others come and queue up.
          while (writing.get() < Math.min(4, alive.get())) {
            Thread.onSpinWait();
          }
        }
      });
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String name = "t" + i;
        Runnable body =
            () -> {
              write(db, name, writing);
              alive.decrementAndGet();
            };
        threads.add(i % 2 == 0 ? Thread.ofPlatform().start(body) : Thread.ofVirtual().start(body));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      faulty.listen(null);
      assertThat(syncs.get()).as("syncs of %d writes", 16 * WRITES).isLessThan(8 * WRITES);
      assertThat(db.stats().visibleSequence()).isEqualTo(16 * WRITES);
      requireAll(db);
    }
    try (Db db = open()) {
      requireAll(db);
    }
  }

  private static void write(Db db, String name, AtomicInteger writing) {
    for (int i = 0; i < WRITES; i++) {
      byte[] key = bytes(name + "/" + i);
      writing.incrementAndGet();
      db.put(key, key, i % 3 == 0 ? Durability.BUFFERED : Durability.SYNC);
      writing.decrementAndGet();
      assertThat(db.get(key)).isEqualTo(key);
    }
  }

  private static void requireAll(Db db) {
    for (int thread = 0; thread < 16; thread++) {
      for (int i = 0; i < WRITES; i++) {
        byte[] key = bytes("t" + thread + "/" + i);
        assertThat(db.get(key)).isEqualTo(key);
      }
    }
  }

  @Test
  void asynchronousWritesKeepTheirOrderAndComplete() {
    try (Db db = open()) {
      List<CompletableFuture<?>> stages = new ArrayList<>();
      Batch batch = new Batch();
      for (int i = 0; i < 1_000; i++) {
        batch.clear();
        batch.put(bytes("key"), bytes("value" + i));
        stages.add(db.writeAsync(batch, Durability.SYNC).toCompletableFuture());
      }
      CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new)).join();
      assertThat(db.get(bytes("key"))).isEqualTo(bytes("value999"));
      assertThat(db.stats().durableSequence()).isEqualTo(1_000);
    }
  }

  @Test
  void whatDependsOnAStageMayUseTheStore() {
    try (Db db = open()) {
      db.writeAsync(new Batch().put(bytes("a"), bytes("1")), Durability.SYNC)
          .thenRun(() -> db.put(bytes("b"), bytes("2")))
          .toCompletableFuture()
          .join();
      assertThat(db.get(bytes("b"))).isEqualTo(bytes("2"));
    }
  }

  @Test
  void aFailedSyncFailsItsGroupAndEndsWriting() {
    Db db = open();
    db.put(bytes("before"), bytes("1"));
    // The first log of a new store; its successor is being prepared in the background.
    faulty.failNth(
        Fault.IO_ERROR,
        1,
        call -> call.kind() == FileCall.Kind.SYNC && call.path().endsWith("000002.log"));

    assertThatThrownBy(() -> db.put(bytes("unknown"), bytes("2")))
        .isInstanceOf(OutcomeUnknownException.class);

    assertThatThrownBy(() -> db.put(bytes("after"), bytes("3")))
        .isInstanceOf(ReadOnlyException.class)
        .hasMessageContaining("open it again");
    assertThatThrownBy(() ->
            db.writeAsync(new Batch().put(bytes("after"), bytes("3")), Durability.BUFFERED)
                .toCompletableFuture()
                .join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ReadOnlyException.class);
    assertThat(db.get(bytes("before"))).isEqualTo(bytes("1"));
    assertThat(db.get(bytes("unknown"))).isNull();
    assertThat(db.stats().writable()).isFalse();
    db.close();
    disk.assertNothingOpen();

    try (Db again = open()) {
      again.put(bytes("after"), bytes("3"));
      assertThat(again.get(bytes("before"))).isEqualTo(bytes("1"));
    }
  }

  @Test
  void closingLetsWritesThatAreUnderWayFinish() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      Db db = open();
      String prefix = round + "/";
      AtomicInteger acknowledged = new AtomicInteger();
      CountDownLatch begun = new CountDownLatch(8);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Runnable body = () -> writeUntilClosed(db, prefix, acknowledged, begun);
        threads.add(i % 2 == 0 ? Thread.ofPlatform().start(body) : Thread.ofVirtual().start(body));
      }
      begun.await();
      Thread closer = Thread.ofVirtual().start(db::close);
      db.close();
      assertThatThrownBy(() -> db.get(bytes("x"))).isInstanceOf(DbClosedException.class);
      for (Thread thread : threads) {
        thread.join();
      }
      closer.join();
      disk.assertNothingOpen();
      try (Db again = open();
          Cursor cursor = again.scan(KeyRange.prefix(bytes(prefix)))) {
        int found = 0;
        while (cursor.next()) {
          found++;
        }
        assertThat(found).isEqualTo(acknowledged.get());
      }
    }
  }

  private static void writeUntilClosed(
      Db db, String prefix, AtomicInteger acknowledged, CountDownLatch begun) {
    try {
      for (int i = 0; ; i++) {
        db.put(bytes(prefix + Thread.currentThread().threadId() + "/" + i), bytes("v"));
        acknowledged.incrementAndGet();
        begun.countDown();
      }
    } catch (DbClosedException closed) {
      // As it should be.
      begun.countDown();
    }
  }

  @Test
  void anInterruptChangesNothing() {
    try (Db db = open()) {
      Thread.currentThread().interrupt();
      db.put(bytes("a"), bytes("1"));
      db.write(new Batch().put(bytes("b"), bytes("2")));
      db.sync();
      assertThat(db.get(bytes("a"))).isEqualTo(bytes("1"));
      assertThat(Thread.interrupted()).as("the status is kept").isTrue();
    }
    try (Db db = open()) {
      assertThat(db.get(bytes("b"))).isEqualTo(bytes("2"));
    }
  }

  @Test
  void bufferedWritesReachTheDiskByThemselves() throws Exception {
    try (Db db = open()) {
      // The next file is being made ready, with syncs and writes of its own.
      String current =
          disk.list(DIRECTORY).stream()
              .filter(name -> name.endsWith(".log"))
              .min(String::compareTo)
              .orElseThrow();
      CountDownLatch marked = new CountDownLatch(1);
      CountDownLatch synced = new CountDownLatch(1);
      faulty.listen(call -> {
        if (!call.path().endsWith(current)) {
          return;
        }
        if (call.kind() == FileCall.Kind.WRITE && synced.getCount() == 0) {
          marked.countDown();
        }
        if (call.kind() == FileCall.Kind.SYNC) {
          synced.countDown();
        }
      });
      db.put(bytes("a"), bytes("1"), Durability.BUFFERED);
      marked.await();
      faulty.listen(null);
      try (Snapshot durable = db.durableSnapshot()) {
        assertThat(durable.contains(bytes("a"))).isTrue();
      }
      try (Db afterCut =
          Db.builder(DIRECTORY).fileSystem(disk.crash(CrashChoice.loseAll())).open()) {
        assertThat(afterCut.contains(bytes("a"))).isTrue();
      }
    }
  }

  /// The background may have synced a large write before it was visible: the idle log raises what
  /// counts as durable all the same, or a durable snapshot would lag until the next write.
  @Test
  void anIdleStoreShowsAllAsDurable() {
    SmallStore store = new SmallStore();
    ManualBackground later = new ManualBackground(store.clock);
    try (Db db = store.open(new SyncsAtOnce(later))) {
      db.put(bytes("large"), new byte[9 << 20], Durability.BUFFERED);
      for (int i = 0; i < 5; i++) {
        store.clock.advance(100_000_000);
        later.runAll();
      }
      assertThat(db.stats().durableSequence()).isEqualTo(1);
      try (Db afterCut = store.openAfterPowerCut()) {
        assertThat(afterCut.contains(bytes("large"))).isTrue();
      }
    }
  }

  /// A background that runs at once what it is to run soon, as a fast thread may.
  private record SyncsAtOnce(Background tasks) implements WrappedBackground {
    @Override
    public void execute(Lane lane, Runnable task) {
      task.run();
    }
  }

  /// Nobody was told when the sync failed: the write had been acknowledged as buffered.
  @Test
  void closingTellsThatBufferedWritesMayBeLost() {
    SmallStore store = new SmallStore();
    Db db = store.open();
    store.background.runAll();
    db.put(bytes("a"), bytes("1"), Durability.BUFFERED);
    store.faulty.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
    store.clock.advance(100_000_000);
    store.background.runAll();
    assertThat(db.stats().writable()).isFalse();

    assertThatThrownBy(db::close)
        .isInstanceOf(DbException.class)
        .satisfies(told ->
            assertThat(told.getSuppressed()).hasOnlyElementsOfType(ReadOnlyException.class));
    store.disk.assertNothingOpen();
  }

  /// Then what depends on a stage runs where it is completed, and others go on.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anExecutorThatRefusesHoldsNobodyUp() throws InterruptedException {
    Executor refusing =
        action -> {
          throw new RejectedExecutionException("shut down");
        };
    try (Db db = Db.builder(DIRECTORY).fileSystem(disk).executor(refusing).open()) {
      for (int i = 0; i < 10; i++) {
        db.writeAsync(new Batch().put(bytes("a"), bytes("1")), Durability.SYNC)
            .toCompletableFuture()
            .join();
      }
      Thread.ofVirtual().start(() -> db.put(bytes("b"), bytes("2"))).join();
      assertThat(db.get(bytes("b"))).isEqualTo(bytes("2"));
    }
  }
}
