package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.error.DbException;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;

/// Calls that are made where a stack is about to end. Each does what it should or overflows; in
/// either case the store stays of use to others, or says that it is not.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShortStackTest {
  /// In the interpreter, a call of the store needs some ten frames of its own.
  private static final int FRAMES_MAX = 200;

  private static final int RUNS = 40;
  private static final int WRITERS = 4;
  private static final int WRITES = 40;

  private static final long STACK_BYTES = 400 << 10;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// Runs `body` on a small stack.
  private static <T> FutureTask<T> onSmallStack(Callable<T> body) {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = new Thread(null, task, "small stack", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /// Of a write whose stack ends there is nothing in the batch, and the next one stands alone.
  @Test
  void aBatchIsWholeWhereverTheStackEnds() throws Exception {
    byte[] key = bytes("key");
    byte[] value = bytes("value");
    FutureTask<Boolean> test =
        onSmallStack(() -> {
          for (int frames = 0; frames < FRAMES_MAX; frames++) {
            MemoryFileSystem disk = new MemoryFileSystem();
            Db db = SmallStore.builder(disk).open();
            Keyspace other = db.keyspace("other");
            Batch batch = new Batch();
            batch.put(bytes("first"), bytes("1"));
            Throwable thrown = StackEnd.call(frames, () -> batch.put(other, key, value));
            batch.put(bytes("abcdef"), bytes("xyz"));
            db.write(batch);
            db.close();
            try (Db again = SmallStore.builder(disk).open()) {
              assertThat(again.get(bytes("abcdef"))).isEqualTo(bytes("xyz"));
              assertThat(again.keyspace("other").contains(key)).isEqualTo(thrown == null);
            }
          }
          return true;
        });
    assertThat(test.get()).isTrue();
  }

  /// Where the background could not be asked, the next one asks it.
  @Test
  void aFlushIsAskedForAgain() throws Exception {
    FutureTask<Boolean> test =
        onSmallStack(() -> {
          MemoryFileSystem disk = new MemoryFileSystem();
          Db db = SmallStore.builder(disk).open();
          for (int frames = 0; frames < FRAMES_MAX; frames++) {
            try {
              db.put(bytes("key"), bytes("value" + frames), Durability.BUFFERED);
              Throwable _ = StackEnd.call(4 * frames, db::flush);
              db.flush();
            } catch (ReadOnlyException latched) {
              db.close();
              db = SmallStore.builder(disk).open();
            }
          }
          db.close();
          return true;
        });
    assertThat(test.get()).isTrue();
  }

  @Test
  void whoWaitsForReadersIsServedAllTheSame() throws Exception {
    FutureTask<Boolean> test =
        onSmallStack(() -> {
          for (int frames = 0; frames < FRAMES_MAX; frames++) {
            Failure failure = new Failure(Listener.none());
            Readers readers = new Readers(new ManualBackground(new ManualClock()), failure);
            AtomicInteger served = new AtomicInteger();
            int reading = readers.enter();
            readers.whenQuiet(served::incrementAndGet);
            readers.exit(reading);

            @Nullable Throwable _ = StackEnd.call(frames, readers::advance);

            assertThat(readers.advance()).isTrue();
            assertThat(served).as("with %d frames", frames).hasValueLessThanOrEqualTo(1);
          }
          return true;
        });
    assertThat(test.get()).isTrue();
  }

  /// A channel of the JDK whose sync overflowed may take it to be under way for ever, and wait for
  /// that when it is closed.
  @Test
  void aSyncOverflowsBeforeItIsBegunOrNotAtAll(@TempDir Path folder) throws Exception {
    FutureTask<Boolean> test =
        onSmallStack(() -> {
          try (WriteFile file = FileSystem.disk().create(folder.resolve("file"));
              Directory directory = FileSystem.disk().openDirectory(folder)) {
            for (Syncing syncing : List.<Syncing>of(file::sync, file::writeBack, directory::sync)) {
              syncing.run(); // loads its classes
              for (int frames = 0; frames < FRAMES_MAX; frames++) {
                assertThat(overflow(frames, syncing))
                    .as("with %d frames", frames)
                    .noneMatch(frame -> frame.getClassName().startsWith("sun.nio.ch."));
              }
            }
          }
          return true;
        });
    assertThat(test.get()).isTrue();
  }

  /// Returns where `syncing` overflowed the stack, if it did.
  private static List<StackTraceElement> overflow(int frames, Syncing syncing) {
    @Nullable Throwable thrown = StackEnd.call(frames, () -> sync(syncing));
    return thrown == null ? List.of() : List.of(thrown.getStackTrace());
  }

  private interface Syncing {
    void run() throws IOException;
  }

  private static void sync(Syncing syncing) {
    try {
      syncing.run();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /// Again and again, for compiled code has other frames than the interpreter.
  @Test
  void aWriteThatOverflowsHoldsUpNobody() throws Exception {
    MemoryFileSystem disk = new MemoryFileSystem();
    for (int run = 0; run < RUNS; run++) {
      Db db = SmallStore.builder(disk).open();
      List<FutureTask<List<String>>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        SplittableRandom random = new SplittableRandom(run * WRITERS + i);
        String name = run + "/" + i + "/";
        writers.add(onSmallStack(() -> write(db, name, random)));
      }
      List<String> acknowledged = new ArrayList<>();
      for (FutureTask<List<String>> writer : writers) {
        acknowledged.addAll(writer.get(20, TimeUnit.SECONDS));
      }
      db.close();
      try (Db again = SmallStore.builder(disk).open()) {
        assertThat(acknowledged).allMatch(key -> again.contains(bytes(key)));
      }
    }
  }

  /// Returns what was acknowledged.
  private static List<String> write(Db db, String name, SplittableRandom random) {
    List<String> acknowledged = new ArrayList<>();
    for (int i = 0; i < WRITES; i++) {
      String key = name + i;
      int frames = random.nextInt(FRAMES_MAX);
      if (StackEnd.call(frames, () -> db.put(bytes(key), bytes(key))) == null) {
        acknowledged.add(key);
      }
    }
    return acknowledged;
  }

  /// Whoever leads may be at its stack's end, and the one it leads for may not: a virtual thread,
  /// or the stage of a write that nobody waits in.
  @Test
  void aLeaderThatOverflowsTellsAllTheSame() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      try (Db db = SmallStore.builder(new MemoryFileSystem()).executor(Runnable::run).open()) {
        List<FutureTask<List<String>>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          SplittableRandom random = new SplittableRandom(run * WRITERS + i);
          String name = run + "/" + i + "/";
          writers.add(onSmallStack(() -> write(db, name, random)));
        }
        FutureTask<Integer> stages = new FutureTask<>(() -> writeAsync(db));
        FutureTask<Integer> virtual = new FutureTask<>(() -> writeInPlenty(db));
        Thread.ofPlatform().daemon().start(stages);
        Thread.ofVirtual().start(virtual);
        for (FutureTask<List<String>> writer : writers) {
          assertThat(writer.get(20, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(stages.get(20, TimeUnit.SECONDS)).isPositive();
        assertThat(virtual.get(20, TimeUnit.SECONDS)).isPositive();
      }
    }
  }

  /// Returns how many writes came to an end, whichever.
  private static int writeAsync(Db db) throws Exception {
    int ended = 0;
    for (int i = 0; i < WRITES; i++) {
      Batch batch = new Batch();
      batch.put(bytes("async" + i), bytes("value"));
      CompletableFuture<?> stage =
          db.writeAsync(batch, Durability.BUFFERED).handle((_, _) -> true).toCompletableFuture();
      stage.get(20, TimeUnit.SECONDS);
      ended++;
    }
    return ended;
  }

  /// The same for writes whose callers wait.
  private static int writeInPlenty(Db db) {
    int ended = 0;
    for (int i = 0; i < WRITES; i++) {
      try {
        db.put(bytes("plenty" + i), bytes("value"));
      } catch (DbException latched) {
        // By who overflowed.
      }
      ended++;
    }
    return ended;
  }
}
