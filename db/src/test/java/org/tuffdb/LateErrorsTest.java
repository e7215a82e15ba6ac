package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.error.DbException;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.WrappedBackground;
import org.tuffdb.log.Log;

/// Errors of the machine in the middle of things: no memory, no thread. What was acknowledged
/// stays, what was refused is not there, and nobody waits for ever.
class LateErrorsTest {
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// At whatever call to the file system memory runs out, in the foreground or the background.
  @Test
  void memoryMayRunOutAtEachCall() {
    long calls = 0;
    while (new Run(calls).hasRunOut()) {
      calls++;
    }
    assertThat(calls).isGreaterThan(100);
  }

  /// A workload in which one call to the file system finds no memory.
  private static final class Run {
    private final SmallStore store = new SmallStore();
    private final List<String> acknowledged = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final long call;

    /// A run in which that call fails, counted from 0.
    Run(long call) {
      this.call = call;
    }

    boolean hasRunOut() {
      AtomicLong calls = new AtomicLong();
      store.faulty.listen(before -> {
        if (calls.getAndIncrement() == call) {
          throw new OutOfMemoryError("injected into `" + before + "`");
        }
      });
      try {
        Db db = store.open();
        for (int i = 0; i < 12; i++) {
          work(db, i);
        }
        db.close();
      } catch (DbException | OutOfMemoryError notOpenedOrClosed) {
        assertThat(calls.get()).isGreaterThan(call);
      }
      try {
        check(SmallStore.builder(store.disk.restart()));
        check(SmallStore.builder(store.disk.crash(CrashChoice.loseAll())));
      } catch (RuntimeException | AssertionError failed) {
        throw new AssertionError("memory ran out at call " + call, failed);
      }
      return calls.get() > call;
    }

    private void work(Db db, int i) {
      String key = "key" + i;
      try {
        db.put(bytes(key), new byte[9_000]);
        acknowledged.add(key);
      } catch (ReadOnlyException refusal) {
        refused.add(key);
      } catch (DbException | OutOfMemoryError unknown) {
        // It may be there or not.
      }
      try {
        store.clock.advance(100_000_000);
        store.background.runAll();
        db.keyspace("keyspace" + i);
      } catch (DbException | OutOfMemoryError refusal) {
        // In the background a thread of its own survives it.
      }
    }

    private void check(Db.Builder left) {
      try (Db db = left.open()) {
        assertThat(acknowledged).allMatch(key -> db.contains(bytes(key)));
        assertThat(refused).noneMatch(key -> db.contains(bytes(key)));
        db.put(bytes("after"), VALUE);
        db.keyspace("after");
      }
    }
  }

  /// The manifest has dropped it by then: the next opening would pass over what is written to it.
  @Test
  void aKeyspaceThatIsHalfDroppedTakesNoMoreWrites() {
    Db db = store.open();
    Keyspace dropped = db.keyspace("dropped");
    dropped.put(bytes("key"), VALUE);
    db.flush();
    Inside.set(Inside.get(db, "lifetimes", Lifetimes.class), "obsolete", new FullSet());
    assertThatThrownBy(() -> db.dropKeyspace("dropped")).isInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> dropped.put(bytes("key"), VALUE))
        .isInstanceOf(ReadOnlyException.class);
    db.close();
    try (Db again = store.open()) {
      assertThat(again.keyspaces()).containsExactly("default");
    }
  }

  private static final class FullSet extends HashSet<Long> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean add(Long number) {
      throw new OutOfMemoryError("injected");
    }
  }

  /// The manifest knows the file by then: a log that goes on in another one could not be opened.
  @Test
  void anErrorOfTheListenerDoesNotLoseAFile() {
    AtomicBoolean thrown = new AtomicBoolean();
    Db db =
        SmallStore.builder(store.faulty)
            .clock(store.clock)
            .background(store.background)
            .listener(event -> {
              if (event instanceof Event.LogPrepared && !thrown.getAndSet(true)) {
                throw new AssertionError("a listener's error");
              }
            })
            .open();
    store.background.runAll();
    for (int i = 0; i < 40; i++) {
      db.put(bytes("key" + i), new byte[4_000]);
    }
    store.background.runAll();
    db.close();
    assertThat(thrown).isTrue();

    try (Db again = store.open()) {
      assertThat(again.stats().entries()).isEqualTo(40);
    }
  }

  /// Replay goes on in the next file behind a `ROLL`: what is written to the old one is never
  /// found. So either nothing can fail between that record and the change of files, or the log
  /// takes nothing more.
  @Test
  void anErrorWhileTheLogChangesFilesLosesNothing() {
    Db db = store.open();
    store.background.runAll();
    Inside.set(Inside.get(db, "log", Log.class), "left", new FullList());
    db.put(bytes("first"), new byte[40_000]);
    assertThatThrownBy(() -> db.put(bytes("second"), new byte[40_000]))
        .isInstanceOfAny(DbException.class, OutOfMemoryError.class);

    List<String> acknowledged = new ArrayList<>(List.of("first"));
    try {
      db.put(bytes("third"), VALUE);
      acknowledged.add("third");
    } catch (ReadOnlyException refused) {
      assertThat(db.stats().writable()).isFalse();
    }

    try (Db again = store.openAfterPowerCut()) {
      assertThat(acknowledged).allMatch(key -> again.contains(bytes(key)));
      assertThat(again.contains(bytes("second"))).isFalse();
    }
  }

  /// A list of the files that were left which finds no memory for the first.
  private static final class FullList extends ConcurrentLinkedQueue<Object> {
    private static final long serialVersionUID = 1;

    private boolean thrown;

    @Override
    public boolean add(Object file) {
      if (!thrown) {
        thrown = true;
        throw new OutOfMemoryError("injected");
      }
      return super.add(file);
    }
  }

  /// A virtual thread's write needs the committer's thread. Where that cannot be started, its
  /// caller has the batch back: it must not be committed later, with other contents.
  @Test
  void aWriteThatFindsNoCommitterIsNotQueued() throws Exception {
    Db db = store.open(new NoThreads(store.background));
    Batch batch = new Batch().put(bytes("key"), VALUE);
    FutureTask<Boolean> write = new FutureTask<>(() -> db.write(batch), true);
    Thread.ofVirtual().start(write).join();
    assertThatThrownBy(write::get).hasCauseInstanceOf(OutOfMemoryError.class);

    batch.clear();
    batch.put(bytes("other"), VALUE);
    db.put(bytes("later"), VALUE);

    assertThat(db.contains(bytes("key"))).isFalse();
    assertThat(db.contains(bytes("other"))).isFalse();
    db.close();
    store.disk.assertNothingOpen();
  }

  /// A background where no thread can be started.
  private record NoThreads(Background tasks) implements WrappedBackground {
    @Override
    public Thread start(String name, Runnable body) {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }

  /// Virtual threads have nobody else to lead for them, and others may wait behind them: not even
  /// where there is no memory to tell of a problem may the committer's thread end.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theCommitterSurvives() throws Exception {
    NoDelayedTasks background = new NoDelayedTasks(Background.threads("test"));
    try (Db db = SmallStore.builder(store.disk).background(background).open()) {
      Inside.set(
          Inside.get(db, "failure", Failure.class),
          "listener",
          (Listener) LateErrorsTest::findsNoMemory);
      for (int i = 0; i < 3; i++) {
        String key = "key" + i;
        FutureTask<Boolean> write = new FutureTask<>(() -> db.put(bytes(key), VALUE), true);
        Thread.ofVirtual().start(write);
        assertThat(write.get()).isTrue();
      }
      db.put(bytes("last"), VALUE);
    }
    try (Db again = store.open()) {
      assertThat(again.stats().entries()).isEqualTo(4);
    }
  }

  private static void findsNoMemory(Event event) {
    throw new OutOfMemoryError("injected into " + event);
  }

  /// A background that finds no memory for a task that is to run later.
  private record NoDelayedTasks(Background tasks) implements WrappedBackground {
    @Override
    public void execute(Lane lane, Runnable task) {
      tasks.execute(lane, task);
    }

    @Override
    public void executeAfter(Lane lane, long delayNanos, Runnable task) {
      throw new OutOfMemoryError("injected");
    }
  }
}
