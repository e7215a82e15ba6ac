package org.tuffdb.torture;

import java.io.IOException;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.error.ReadOnlyException;

/// One thread of a [StarvedProcess]: makes the steps of one writer, each again and again until it
/// is acknowledged, reads what it wrote, and has the store flushed and compacted.
///
/// It is in want itself, so whatever it does for its own may fail as well, and is done again. A
/// step that is made twice is the same as once.
final class StarvedWriter implements Runnable {
  /// What a batch holds once a write of it has failed: it must not be found in the store.
  private static final byte[] SPOILED = Change.bytes("1000000000 spoiled");

  private final Shortage shortage;
  private final int number;
  private final Reporter reporter;
  private final Starvation starvation;
  private final SplittableRandom random;
  private final Work work;
  private final Ledger ledger;
  private final Mirror mirror;
  private final StarvedRead read;
  private @Nullable Db store;
  private @Nullable Throwable found;
  private int steps;

  /// Whether the next step may be there already.
  private boolean unsure;

  private boolean refused;

  StarvedWriter(
      Shortage shortage,
      long stepsSeed,
      int number,
      Reporter reporter,
      Starvation starvation,
      SplittableRandom random) {
    this.shortage = shortage;
    this.number = number;
    this.reporter = reporter;
    this.starvation = starvation;
    this.random = random;
    this.work = shortage.work(stepsSeed);
    this.ledger = new Ledger(work, number);
    this.mirror = new Mirror(work, number);
    this.read = new StarvedRead(mirror);
  }

  /// Works on `db` from now on.
  void goTo(Db db) {
    store = db;
    refused = false;
  }

  /// Goes on until the store refuses to, which nobody else will change.
  @Override
  public void run() {
    Db db = store();
    for (int i = 0; i < shortage.operations() && !refused && found == null; i++) {
      try {
        turn(db);
      } catch (OutOfMemoryError ours) {
        // The next turn comes.
      } catch (IOException parentIsGone) {
        Runtime.getRuntime().halt(1);
      } catch (Throwable wrong) {
        found = wrong;
      }
    }
  }

  private Db store() {
    return Objects.requireNonNull(store, "none yet");
  }

  private void turn(Db db) throws IOException {
    if (number == Step.WRITERS - 1) {
      starvation.press();
    }
    switch (random.nextInt(32)) {
      case 0 -> call(db::flush);
      case 1 -> call(db::sync);
      case 2 -> call(() -> db.compact(KeyRange.all()));
      case 3 -> call(() -> db.keyspace("another" + random.nextInt(8)));
      case 4, 5, 6, 7, 8, 9, 10, 11 -> look(db);
      default -> write(db, true);
    }
  }

  private void call(Runnable action) {
    @Nullable Throwable thrown = starvation.call(random, action);
    if (thrown != null) {
      note(thrown);
    }
  }

  private void look(Db db) {
    read.draw(random);
    @Nullable Throwable thrown = starvation.call(random, () -> read.look(db));
    if (thrown != null) {
      note(thrown);
    } else {
      check();
    }
  }

  private void check() {
    boolean checked = false;
    while (!checked) {
      try {
        read.check();
        checked = true;
      } catch (OutOfMemoryError ours) {
        starvation.relieve();
      }
    }
  }

  private void note(Throwable thrown) {
    boolean noted = false;
    while (!noted) {
      try {
        reporter.befell(Mishap.of(thrown));
        noted = true;
      } catch (OutOfMemoryError ours) {
        starvation.relieve();
      }
    }
    refused |= thrown instanceof ReadOnlyException;
  }

  /// Makes the next step, with whatever it needs.
  void writeInPlenty() throws IOException {
    write(store(), false);
  }

  private void write(Db db, boolean inWant) throws IOException {
    Step step = Step.of(work, number, steps);
    mirror.begin(step, steps);
    Batch batch = step.batch();
    Runnable writing = writing(db, step, batch);
    boolean before = unsure;
    unsure = true;
    @Nullable Throwable thrown =
        inWant ? starvation.call(random, writing) : Starvation.callInPlenty(writing);
    if (thrown == null) {
      made();
    } else {
      unsure = before || !(thrown instanceof ReadOnlyException);
      spoil(batch, step);
      note(thrown);
    }
  }

  private void made() throws IOException {
    reporter.acknowledged(number, steps + 1, true);
    steps++;
    unsure = false;
    mirror.done();
  }

  private static void spoil(Batch batch, Step step) {
    batch.clear();
    batch.put(step.changes().getFirst().keyBytes(), SPOILED);
  }

  private Runnable writing(Db db, Step step, Batch batch) {
    Durability durability = random.nextInt(4) == 0 ? Durability.SYNC : Durability.BUFFERED;
    if (step.cleared() == null && step.changes().size() == 1 && random.nextInt(4) > 0) {
      return () -> Victim.writeOne(db, step.changes().getFirst(), durability);
    }
    return random.nextInt(4) == 0
        ? () -> db.writeAsync(batch, durability).toCompletableFuture().join()
        : () -> db.write(batch, durability);
  }

  /// Judges what the store holds, now that nobody works on it, and takes over what it does.
  ///
  /// @param writable whether a step that is not there will never be, unless it is made again
  void compareWith(Contents contents, boolean writable) throws IOException {
    if (found != null) {
      throw new Violation("writer %d: %s".formatted(number, found), found);
    }
    while (ledger.steps() < steps) {
      int _ = ledger.advance();
    }
    ledger.compareWith(contents);
    String difference = ledger.example();
    if (!ledger.isAsFound() && unsure) {
      int _ = ledger.advance();
      made();
    }
    if (!ledger.isAsFound()) {
      throw new Violation("writer %d, after %d steps: %s".formatted(number, steps, difference));
    }
    unsure &= !writable;
    mirror.show(contents);
  }
}
