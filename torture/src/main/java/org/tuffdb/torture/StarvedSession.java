package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Reading;
import org.tuffdb.error.DbException;
import org.tuffdb.event.Event;

/// What a [StarvedProcess] does with its store from one opening to its closing: threads work on it
/// in want, and then, in plenty, it is looked whether the store holds what it should, and goes on
/// or refuses to.
final class StarvedSession {
  private final Path directory;
  private final Shortage shortage;
  private final Reporter reporter;
  private final Starvation starvation;
  private final SplittableRandom random;
  private final List<StarvedWriter> writers = new ArrayList<>();
  private @Nullable Db open;

  StarvedSession(
      Path directory,
      Shortage shortage,
      long stepsSeed,
      Reporter reporter,
      Starvation starvation,
      SplittableRandom random) {
    this.directory = directory;
    this.shortage = shortage;
    this.reporter = reporter;
    this.starvation = starvation;
    this.random = random;
    for (int i = 0; i < Step.WRITERS; i++) {
      writers.add(new StarvedWriter(shortage, stepsSeed, i, reporter, starvation, random.split()));
    }
  }

  /// Leaves the store open.
  void run() throws IOException, InterruptedException {
    end();
    reporter.enter(Phase.OPENING);
    open = open();
    if (open != null) {
      check(open);
      reporter.enter(Phase.WRITING);
      strive(open);
      rest(open);
      // Before anybody makes a step again that has failed: that would hide what has become of it.
      check(open);
      goOn(open);
      check(open);
    }
  }

  /// Null if there is not even the memory to open a store.
  private @Nullable Db open() {
    Db[] opened = new Db[1];
    @Nullable Throwable refusal = Starvation.callInPlenty(() -> opened[0] = openNow());
    if (refusal != null && shortage != Shortage.OFF_HEAP) {
      throw new Violation("there is plenty, and opening says " + refusal, refusal);
    }
    if (refusal != null) {
      reporter.befell(Mishap.of(refusal));
    }
    return opened[0];
  }

  private Db openNow() {
    Reading reading = random.nextBoolean() ? Reading.MAPPED : Reading.CACHED;
    return Db.builder(directory)
        .options(shortage.options(reading))
        .executor(Runnable::run)
        .listener(this::take)
        .open();
  }

  private void take(Event event) {
    switch (event) {
      case Event.Flushed _ -> reporter.did(Report.Kind.FLUSHED);
      case Event.Compacted _ -> reporter.did(Report.Kind.MERGED);
      case Event.Failed failed -> reporter.befellBackground(failed.cause());
      case Event.HousekeepingFailed failed -> reporter.befellBackground(failed.cause());
      default -> {}
    }
  }

  private void strive(Db db) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (StarvedWriter writer : writers) {
      writer.goTo(db);
      threads.add(new Thread(null, writer, "writer", Shortage.STACK_BYTES));
    }
    threads.forEach(thread -> thread.setDaemon(true));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    starvation.relieve();
  }

  /// Whoever did not wait for its write may have left it in the queue: this one is behind it.
  private void rest(Db db) throws IOException {
    @Nullable Throwable refusal =
        Starvation.callInPlenty(() -> db.write(new Batch(), Durability.BUFFERED));
    if (refusal != null) {
      reporter.befell(Mishap.of(refusal));
    }
  }

  /// There is plenty again: whoever is refused, too, is told why.
  private void goOn(Db db) throws IOException {
    for (StarvedWriter writer : writers) {
      writer.writeInPlenty();
    }
    @Nullable Throwable refusal =
        Starvation.callInPlenty(random.nextBoolean() ? db::settle : db::flush);
    if (refusal != null) {
      reporter.befell(Mishap.of(refusal));
    }
    if (!db.stats().writable()) {
      reporter.befell(Mishap.LATCHED);
    }
  }

  private void check(Db db) throws IOException {
    Contents contents;
    try {
      contents = Contents.checked(db);
    } catch (DbException | OutOfMemoryError refusal) {
      if (shortage != Shortage.OFF_HEAP) {
        throw new Violation("there is plenty, and reading says " + refusal, refusal);
      }
      reporter.befell(Mishap.of(refusal));
      return;
    }
    boolean writable = db.stats().writable();
    for (StarvedWriter writer : writers) {
      writer.compareWith(contents, writable);
    }
  }

  /// Closes the store if it is open.
  void end() throws IOException {
    if (open == null) {
      return;
    }
    reporter.enter(Phase.CLOSING);
    Db db = open;
    open = null;
    @Nullable Throwable refusal = Starvation.callInPlenty(db::close);
    if (refusal != null) {
      reporter.befell(Mishap.of(refusal));
    }
  }
}
