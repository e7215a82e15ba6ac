package org.tuffdb.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackgroundThreadsTest {
  @Test
  void tasksRunInOrderOnOneDaemonThread() throws InterruptedException {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    List<Thread> threads = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(100);
    try (Background background = Background.threads("test")) {
      for (int i = 0; i < 100; i++) {
        int number = i;
        background.execute(
            Background.Lane.TASKS,
            () -> {
              ran.add(number);
              threads.add(Thread.currentThread());
              done.countDown();
            });
      }
      done.await();
    }
    assertThat(ran).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(threads).containsOnly(threads.getFirst());
    assertThat(threads.getFirst().isDaemon()).isTrue();
    assertThat(threads.getFirst().getName()).startsWith("test-");
    threads.getFirst().join();
  }

  @Test
  void aDelayedTaskRunsWhenItsTimeHasComeAndHoldsUpNobody() throws InterruptedException {
    BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    try (Background background = Background.threads("test")) {
      background.executeAfter(
          Background.Lane.TASKS, TimeUnit.HOURS.toNanos(1), () -> ran.add("never"));
      background.execute(Background.Lane.TASKS, () -> ran.add("now"));
      assertThat(ran.take()).isEqualTo("now");
      Clock clock = Clock.system();
      long before = clock.nanos();
      background.executeAfter(Background.Lane.TASKS, 2_000_000, () -> ran.add("later"));
      assertThat(ran.take()).isEqualTo("later");
      assertThat(clock.nanos() - before).isGreaterThanOrEqualTo(2_000_000);
    }
    assertThat(ran).isEmpty();
  }

  /// It is no task, and nobody waits for it.
  @Test
  void closingFromAThreadThatWasStartedWaitsForTheTasks() throws InterruptedException {
    Background background = Background.threads("test");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    AtomicBoolean endedBeforeClose = new AtomicBoolean();
    background.execute(
        Background.Lane.FLUSH,
        () -> {
          running.countDown();
          awaitQuietly(mayEnd);
          ended.set(true);
        });
    running.await();
    Thread closer =
        background.start(
            "closer",
            () -> {
              mayEnd.countDown();
              background.close();
              endedBeforeClose.set(ended.get());
            });
    closer.join();
    assertThat(endedBeforeClose).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  @Test
  void aTaskThatThrowsIsReportedAndTheNextOneRuns() throws InterruptedException {
    BlockingQueue<Throwable> reported = new LinkedBlockingQueue<>();
    IllegalStateException thrown = new IllegalStateException("from the task");
    try (Background background = Background.threads("test")) {
      background.execute(
          Background.Lane.TASKS,
          () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> reported.add(e));
            throw thrown;
          });
      assertThat(reported.take()).isSameAs(thrown);
      CountDownLatch next = new CountDownLatch(1);
      background.execute(Background.Lane.TASKS, next::countDown);
      next.await();
    }
  }

  @Test
  void closingWaitsForTheRunningTaskAndDropsTheOthers() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();
    AtomicBoolean dropped = new AtomicBoolean(true);
    Background background = Background.threads("test");
    background.execute(
        Background.Lane.TASKS,
        () -> {
          running.countDown();
          while (closing.getCount() > 0) {
            Thread.onSpinWait();
          }
          finished.set(!Thread.currentThread().isInterrupted());
        });
    background.execute(Background.Lane.TASKS, () -> dropped.set(false));
    background.executeAfter(Background.Lane.TASKS, 1, () -> dropped.set(false));
    background.executeAfter(Background.Lane.TASKS, Long.MAX_VALUE, () -> dropped.set(false));
    running.await();
    Thread closer = Thread.ofPlatform().start(background::close);
    while (closer.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    closer.interrupt();
    closing.countDown();
    closer.join();
    assertThat(finished).isTrue();
    background.execute(Background.Lane.TASKS, () -> dropped.set(false));
    background.close();
    assertThat(dropped).isTrue();
  }

  @Test
  void closingFromATaskDoesNothing() throws InterruptedException {
    try (Background background = Background.threads("test")) {
      background.execute(Background.Lane.TASKS, background::close);
      CountDownLatch next = new CountDownLatch(1);
      background.execute(Background.Lane.TASKS, next::countDown);
      next.await();
    }
  }

  /// A thread belongs to the group of the one that made it; that does not make it a task.
  @Test
  void closingFromAThreadThatATaskStartedWaits() throws InterruptedException {
    Background background = Background.threads("test");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();
    AtomicBoolean waited = new AtomicBoolean();
    BlockingQueue<Thread> closers = new LinkedBlockingQueue<>();
    background.execute(
        Background.Lane.COMPACTION,
        () -> {
          running.countDown();
          while (goOn.getCount() > 0) {
            Thread.onSpinWait();
          }
          finished.set(true);
        });
    running.await();
    background.execute(
        Background.Lane.TASKS,
        () -> {
          Thread closer =
              new Thread(() -> {
                background.close();
                waited.set(finished.get());
              });
          closer.start();
          closers.add(closer);
        });
    Thread closer = closers.take();
    while (closer.getState() != Thread.State.TIMED_WAITING && closer.isAlive()) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    closer.join();
    assertThat(waited).isTrue();
  }

  @Test
  void startsThreads() throws InterruptedException {
    try (Background background = Background.threads("test")) {
      CountDownLatch ran = new CountDownLatch(1);
      Thread thread = background.start("log", ran::countDown);
      thread.join();
      assertThat(ran.getCount()).isZero();
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.getName()).isEqualTo("test-log");
    }
  }

  @Test
  void aManualBackgroundRunsWhatIsDueWhenTold() {
    ManualClock clock = new ManualClock();
    ManualBackground background = new ManualBackground(clock);
    StringBuilder ran = new StringBuilder();
    background.executeAfter(Background.Lane.TASKS, 10, () -> ran.append("c"));
    background.execute(Background.Lane.TASKS, () -> ran.append("a"));
    background.execute(
        Background.Lane.TASKS,
        () -> background.execute(Background.Lane.TASKS, () -> ran.append("b")));
    assertThat(background.pending()).isEqualTo(3);
    assertThat(background.runOne()).isTrue();
    assertThat(ran).hasToString("a");
    assertThat(background.runAll()).isEqualTo(2);
    assertThat(ran).hasToString("ab");
    clock.advance(9);
    assertThat(background.runOne()).isFalse();
    clock.advance(1);
    assertThat(background.runAll()).isEqualTo(1);
    assertThat(ran).hasToString("abc");
    assertThatThrownBy(() -> background.start("x", () -> {}))
        .isInstanceOf(IllegalStateException.class);
    background.execute(Background.Lane.TASKS, () -> ran.append("d"));
    background.close();
    assertThat(background.pending()).isZero();
  }
}
