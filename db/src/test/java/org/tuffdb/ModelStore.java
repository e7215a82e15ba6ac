package org.tuffdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.tuffdb.event.Event;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// The store that a run of the model test works on, and the model of it; how it crashes and opens
/// again.
final class ModelStore {
  private static final Path DIRECTORY = Path.of("/model");

  final Model model = new Model();
  final ModelCounts counts = new ModelCounts();

  private final SplittableRandom random;
  private final Options options;
  private final ManualClock clock = new ManualClock();
  private MemoryFileSystem disk = new MemoryFileSystem();
  private ManualBackground background = new ManualBackground(clock);
  private Db db;
  private long operations;
  private long writtenBytes;

  /// How often what the store consists of has changed.
  private long changes;

  /// Up to which sequence writes were acknowledged, and acknowledged as synced.
  private long acknowledged;

  private long durable;

  private @Nullable Crash crash;

  /// What a crash has left behind.
  ///
  /// @param sure up to which sequence all must have survived
  /// @param durable up to which sequence all must survive power cuts to come
  /// @param possible what may have survived
  private record Crash(MemoryFileSystem left, long sure, long durable, long possible, String how) {}

  ModelStore(SplittableRandom random, Options options) {
    this.random = random;
    this.options = options;
    db = open();
  }

  private Db open() {
    background = new ManualBackground(clock);
    return Db.builder(DIRECTORY)
        .options(options)
        .fileSystem(disk)
        .clock(clock)
        .background(background)
        .listener(this::count)
        .random(new SplittableRandom(random.nextLong()))
        .open();
  }

  private void count(Event event) {
    switch (event) {
      case Event.Compacted compacted -> {
        changes++;
        counts.add("merge " + compacted.reason());
        counts.add("merge to level " + compacted.toLevel());
      }
      case Event.TablesMoved moved -> {
        changes++;
        counts.add(moved.toLevel() < 0 ? "drop" : "move");
      }
      case Event.Flushed _ -> {
        changes++;
        counts.add("flush");
      }
      case Event.HousekeepingFailed failed -> throw new AssertionError(failed.cause());
      case Event.Failed failed -> throw new AssertionError(failed.cause());
      case Event.LeakFound leak -> throw new AssertionError(leak.openedAt());
      default -> counts.add(event.getClass().getSimpleName());
    }
  }

  Db db() {
    return db;
  }

  Keyspace keyspace(Model.Space space) {
    return db.keyspace(space.name);
  }

  /// Any of the keyspaces.
  Model.Space space() {
    List<Model.Space> spaces = List.copyOf(model.spaces());
    return spaces.get(random.nextInt(spaces.size()));
  }

  void countOperations(long count) {
    operations += count;
  }

  long operations() {
    return operations;
  }

  void countWritten(long bytes) {
    writtenBytes += bytes;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  long changes() {
    return changes;
  }

  /// What the model was trying is acknowledged.
  void acknowledge(Durability durability) {
    acknowledged = model.sequence();
    model.applied();
    if (durability == Durability.SYNC) {
      durable = acknowledged;
      if (crash == null) {
        model.forgetUpTo(durable);
      }
    }
  }

  /// Everything up to that sequence was said to be durable.
  void durableUpTo(long sequence) {
    durable = Math.max(durable, sequence);
  }

  /// What was acknowledged is in tables, and so on the disk.
  void flushed() {
    durableUpTo(acknowledged);
  }

  void advance(long nanos) {
    clock.advance(nanos);
  }

  /// Runs a task of the background; false if there is none.
  boolean runTask() {
    return background.runOne();
  }

  /// Whether memtables take so much that a write may soon have to wait for memory.
  boolean isShortOfMemory() {
    Keyspaces keyspaces = Inside.get(db(), "keyspaces", Keyspaces.class);
    return keyspaces.memoryBytes() > options.memtablesBytes() / 2;
  }

  /// Does what is due in the background.
  void catchUp() {
    background.runAll();
  }

  /// Nobody writes for a while.
  void rest() {
    background.runAll();
    clock.advance(2_000_000_000);
    background.runAll();
    counts.add("rest");
  }

  boolean isCrashed() {
    return crash != null;
  }

  void crashNow() {
    if (crash == null) {
      fail(random.nextBoolean());
    }
  }

  /// The power fails, or the process is killed, at one of the next calls of the file system.
  void failSoon() {
    long[] calls = {1 + random.nextInt(random.nextBoolean() ? 10 : 300)};
    boolean power = random.nextInt(3) > 0;
    disk.listen(call -> {
      if (call.kind().changes() && --calls[0] == 0) {
        fail(power);
      }
    });
  }

  private void fail(boolean power) {
    disk.listen(null);
    long possible = model.sequence();
    crash =
        power
            ? new Crash(disk.crash(random.nextLong()), durable, durable, possible, "power cut")
            : new Crash(disk.restart(), acknowledged, durable, possible, "kill");
  }

  /// What was to fail does not.
  void failNoMore() {
    disk.listen(null);
  }

  void close() {
    db.close();
  }

  void requireNothingOpen() {
    disk.assertNothingOpen();
  }

  /// Opens it again after it was closed, which has brought everything to the disk: a crash while it
  /// opens takes nothing away.
  void reopen() {
    requireNothingOpen();
    acknowledged = model.sequence();
    durable = acknowledged;
    db = open();
    counts.add(crash == null ? "reopened" : "crash while opening");
    recovered(acknowledged, acknowledged);
  }

  /// Opens what the crash has left behind. Nothing may be in use of what was there before.
  void recover() {
    Crash last = Objects.requireNonNull(crash, "there was no crash");
    db.close();
    requireNothingOpen();
    counts.add(last.how);
    while (!opens(last)) {
      last = Objects.requireNonNull(crash, "opening was cut short");
      counts.add("crash while recovering");
    }
    recovered(last.sure, last.possible);
  }

  /// Opens what a crash has left behind, unless there is another one meanwhile.
  private boolean opens(Crash from) {
    crash = null;
    disk = from.left;
    if (random.nextInt(3) == 0) {
      long[] calls = {1 + random.nextInt(30)};
      disk.listen(call -> {
        if (call.kind().changes() && --calls[0] == 0) {
          disk.listen(null);
          MemoryFileSystem left = disk.crash(random.nextLong());
          crash = new Crash(left, from.durable, from.durable, from.possible, "again");
        }
      });
    }
    db = open();
    disk.listen(null);
    if (crash != null) {
      db.close();
      requireNothingOpen();
    }
    return crash == null;
  }

  private void recovered(long sure, long possible) {
    long sequence = db.stats().visibleSequence();
    if (sequence < sure || sequence > possible) {
      throw new AssertionError(
          "%d writes are there; they must be from %d to %d".formatted(sequence, sure, possible));
    }
    if (sequence < possible) {
      counts.add("crash lost writes");
    }
    model.crashed(sequence, db.keyspaces());
    acknowledged = sequence;
    durable = sequence;
  }

  List<Long> tableFiles() {
    List<Long> onDisk = new ArrayList<>();
    try {
      for (String name : disk.list(DIRECTORY)) {
        FileNames.tableNumber(name).ifPresent(onDisk::add);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return onDisk;
  }

  List<Long> liveTables() {
    return db.stats().keyspaces().stream()
        .flatMap(keyspace -> keyspace.levels().stream())
        .flatMap(level -> level.tables().stream())
        .map(Stats.TableStats::number)
        .sorted()
        .toList();
  }
}
