package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.Options;
import org.tuffdb.Verification;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.FileSystem;

/// One load on a disk with little room: it fills the disk, tries everything on the full disk, gets
/// room, and goes on.
final class Filling {
  /// After so many refusals without a success the disk counts as full.
  private static final int REFUSALS_MAX = 8;

  /// How many steps are made when there is room again.
  private static final int STEPS_AFTER = 200;

  private static final int COPIES_MAX = 8;
  private static final int STEPS_PER_UPKEEP = 250;
  private static final int STEPS_PER_LOOK = 10;
  private static final long PAUSE_NANOS = 2_000_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Path directory;
  private final Path copy;
  private final Options options;
  private final Bug bug;
  private final int steps;
  private final Work work;
  private final SplittableRandom random;
  private final Figures figures;
  private final Filler filler;
  private final List<Ledger> ledgers = new ArrayList<>();
  private long usedBytes;
  private int next;

  /// What was done in all.
  static final class Figures {
    private long acknowledged;
    private long refused;
    private long refusedUpkeep;
    private long refusedOpenings;
    private long copies;
    private long waitedNanosMax;

    String text() {
      return "%d acknowledged steps, refused: %d steps, %d flushes and compactions, %d openings, %d copies of the full disk, at most %d ms until upkeep was done in the new room"
          .formatted(
              acknowledged,
              refused,
              refusedUpkeep,
              refusedOpenings,
              copies,
              waitedNanosMax / 1_000_000);
    }
  }

  /// @param copy where a copy of the store goes: it has room
  Filling(
      Path directory,
      Path copy,
      Options options,
      Bug bug,
      int steps,
      Work work,
      Figures figures,
      Filler filler) {
    this.directory = directory;
    this.copy = copy;
    this.options = options;
    this.bug = bug;
    this.steps = steps;
    this.work = work;
    this.random = new SplittableRandom(work.seed());
    this.figures = figures;
    this.filler = filler;
    for (int i = 0; i < Step.WRITERS; i++) {
      ledgers.add(new Ledger(work, i));
    }
  }

  /// How much room was in use at once, as far as was seen.
  long usedBytes() {
    return usedBytes;
  }

  void run() throws IOException {
    @Nullable Db db = tryOpen();
    if (db != null) {
      fill(db);
      tryUpkeep(db);
      check(db);
      if (random.nextInt(4) == 0) {
        checkCopy();
      }
      if (random.nextInt(4) == 0) {
        close(db);
        db = tryOpen();
      }
    }
    filler.leave(filler.fullBytes());
    Db roomy = db == null ? open() : db;
    // Before a refused step is made again, which would hide what is left of it.
    check(roomy);
    goOn(roomy);
    check(roomy);
    roomy.close();
    Verification verification = Verification.of(directory);
    if (!verification.isClean()) {
      throw new Violation("damaged: " + verification.damages());
    }
    try (Db again = open()) {
      check(again);
    }
  }

  /// Opens, where there is room, what would be left if the process were killed now.
  private void checkCopy() throws IOException {
    if (!copyUnchanged()) {
      return;
    }
    figures.copies++;
    try (Db db = open(copy)) {
      check(db);
    }
    Scratch.delete(copy);
  }

  /// Copies the files of the open store, to what they were at one moment: where the background has
  /// changed them meanwhile it tries again, and at last gives up.
  private boolean copyUnchanged() throws IOException {
    for (int i = 0; i < COPIES_MAX; i++) {
      Scratch.delete(copy);
      try {
        Map<String, FileTime> before = changeTimes();
        Scratch.copy(directory, copy);
        if (changeTimes().equals(before)) {
          return true;
        }
      } catch (NoSuchFileException deleted) {
        // Tries again.
      }
    }
    Scratch.delete(copy);
    return false;
  }

  private Map<String, FileTime> changeTimes() throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String name : FileSystem.disk().list(directory)) {
      Path file = directory.resolve(name);
      times.put(name, (FileTime) Files.getAttribute(file, "unix:ctime"));
    }
    return times;
  }

  private Db open() {
    return open(directory);
  }

  private Db open(Path store) {
    try {
      return Db.builder(store).options(options).fileSystem(bug.files()).open();
    } catch (OutOfSpaceException full) {
      throw full;
    } catch (RuntimeException failure) {
      throw new Violation("opening: " + failure, failure);
    }
  }

  private @Nullable Db tryOpen() {
    try {
      return open();
    } catch (OutOfSpaceException refused) {
      figures.refusedOpenings++;
      return null;
    }
  }

  /// What is acknowledged is safe, so that closing may say that the disk is full.
  private void close(Db db) {
    try {
      db.close();
    } catch (OutOfSpaceException refused) {
      figures.refusedUpkeep++;
    }
  }

  private void fill(Db db) throws IOException {
    int refusals = 0;
    for (int i = 0; i < steps && refusals < REFUSALS_MAX; i++) {
      refusals = tryStep(db) ? 0 : refusals + 1;
      if (i % STEPS_PER_LOOK == 0) {
        usedBytes = Math.max(usedBytes, sizeBytes());
      }
      if (i % STEPS_PER_UPKEEP == STEPS_PER_UPKEEP - 1) {
        tryUpkeep(db, random.nextInt(3));
      }
    }
    usedBytes = Math.max(usedBytes, sizeBytes());
  }

  /// How large the store's files are.
  private long sizeBytes() throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        // It may just have been deleted.
        sum += file.toFile().length();
      }
    }
    return sum;
  }

  /// The next step of the next writer. One that is refused is tried again when its turn comes.
  private boolean tryStep(Db db) {
    int writer = next++ % Step.WRITERS;
    Ledger ledger = ledgers.get(writer);
    Durability durability = random.nextInt(8) == 0 ? Durability.SYNC : Durability.BUFFERED;
    try {
      db.write(Step.of(work, writer, ledger.steps()).batch(), durability);
    } catch (OutOfSpaceException | StalledException refused) {
      figures.refused++;
      return false;
    } catch (RuntimeException failure) {
      throw new Violation("a write: " + failure, failure);
    }
    ledger.advance();
    figures.acknowledged++;
    return true;
  }

  private void tryUpkeep(Db db) {
    for (int kind = 0; kind < 3; kind++) {
      tryUpkeep(db, kind);
    }
  }

  private boolean tryUpkeep(Db db, int kind) {
    try {
      upkeep(db, kind);
      return true;
    } catch (OutOfSpaceException | StalledException refused) {
      figures.refusedUpkeep++;
      return false;
    } catch (RuntimeException failure) {
      throw new Violation("upkeep " + kind + ": " + failure, failure);
    }
  }

  private static void upkeep(Db db, int kind) {
    switch (kind) {
      case 0 -> db.flush();
      case 1 -> db.compact(KeyRange.all());
      default -> db.settle();
    }
  }

  /// There is room, so nothing may be refused for long: flushes and compactions say that the disk
  /// is full until the background has tried again, for which it takes its time.
  private void goOn(Db db) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (int made = 0; made < STEPS_AFTER; ) {
      made += tryStep(db) ? 1 : 0;
      if (System.nanoTime() > deadline) {
        throw new Violation("there is room, and steps are refused");
      }
    }
    long begun = System.nanoTime();
    for (int kind = 0; kind < 3; kind++) {
      while (!tryUpkeep(db, kind)) {
        if (System.nanoTime() > deadline) {
          throw new Violation("there is room, and upkeep " + kind + " is refused");
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    figures.waitedNanosMax = Math.max(figures.waitedNanosMax, System.nanoTime() - begun);
  }

  private void check(Db db) {
    Contents contents;
    try {
      contents = Contents.checked(db);
    } catch (RuntimeException failure) {
      throw failure instanceof Violation violation
          ? violation
          : new Violation("reading: " + failure, failure);
    }
    for (Ledger ledger : ledgers) {
      ledger.compareWith(contents);
      if (!ledger.isAsFound()) {
        throw new Violation(
            "after %d steps %d keys differ, such as %s"
                .formatted(ledger.steps(), ledger.differences(), ledger.example()));
      }
    }
  }
}
