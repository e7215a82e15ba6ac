package org.tuffdb;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.StalledException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.log.Log;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.version.Manifest;

/// Keeps the store in shape while it is written: has memtables flushed into tables and tables
/// merged, each on a lane of the background, and says how far behind that is.
///
/// ```
/// full memtable → frozen → FLUSH lane: a table of level 0, then the log's files are dropped
///                        → COMPACTION lane: one task of the picker after another, while any is due
/// ```
///
/// A flush or compaction that finds the disk full is tried again until there is room; writes are
/// refused as soon as they would need the memory that it was to free. One that fails otherwise is
/// tried anew, into other files, and after the third time the store takes no more writes: its log
/// has everything.
final class Maintenance implements Keyspaces.Room {
  /// What has failed is tried again after a moment; on a full disk, where each try takes space for
  /// a while, after twice as long each time.
  private static final long RETRY_NANOS = 100_000_000;

  private static final long RETRY_NANOS_MAX = 10_000_000_000L;

  /// A store that nobody has written to for so long is at rest.
  private static final long REST_AFTER_NANOS = 1_000_000_000;

  /// Whoever opens a store wants something of it: that comes first.
  private static final long AFTER_OPENING_NANOS = 200_000_000;

  /// Whoever waits is woken; this is for when that is missed.
  private static final long LOOK_AGAIN_NANOS = 5_000_000;

  private static final int FAILURES_MAX = 3;

  private static final String FLUSHES = "memtables wait to be flushed";
  private static final String GOES_ON = "free space, and what was asked for goes on by itself";

  /// So many files of the log at most wait for a keyspace that is rarely written, or are kept as
  /// they are by an opening.
  static final int LOG_FILES_MAX = 16;

  /// What is replayed in some ten milliseconds.
  private static final long REPLAY_BYTES_MAX = 4 << 20;

  /// At rest a memtable or a file of the log stays as it is up to this size.
  private static final long REST_BYTES = 1 << 20;

  private final Setup setup;
  private final Background background;
  private final Keyspaces keyspaces;
  private final Readers readers;
  private final Failure failure;
  private final LogFiles logFiles;
  private final Log log;
  private final CommitPipeline pipeline;
  private final Flusher flusher;
  private final Compactor compactor;
  private final Backpressure backpressure;
  private final Pressures pressures;

  private final AtomicBoolean flushDue = new AtomicBoolean();
  private final AtomicBoolean compactionDue = new AtomicBoolean();
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private int flushFailures;
  private int compactionFailures;
  private long compactionRetryNanos = RETRY_NANOS;
  private final MissingSpace missingForFlush;
  private final MissingSpace missingForCompaction;
  private volatile long restedAt = -1;
  private final LongAdder stalledNanos = new LongAdder();

  // For the leader of the commit pipeline.
  private long waitedInTurn = -1;
  private long waitedSinceNanos;

  private volatile boolean closing;
  private volatile boolean closed;

  Maintenance(
      Setup setup,
      Directory directory,
      Manifest manifest,
      LogFiles logFiles,
      Log log,
      Keyspaces keyspaces,
      Readers readers,
      Tables tables,
      CommitPipeline pipeline,
      OpenSnapshots snapshots,
      Failure failure) {
    this.setup = setup;
    this.background = setup.background();
    this.keyspaces = keyspaces;
    this.readers = readers;
    this.failure = failure;
    this.logFiles = logFiles;
    this.log = log;
    this.pipeline = pipeline;
    this.flusher =
        new Flusher(
            setup, directory, manifest, logFiles, keyspaces, tables, pipeline, snapshots, failure);
    this.compactor =
        new Compactor(
            setup,
            directory,
            manifest,
            keyspaces,
            tables,
            pipeline,
            snapshots,
            failure,
            this::measure);
    this.backpressure = new Backpressure(setup);
    this.pressures = new Pressures(setup, keyspaces, compactor, backpressure);
    this.missingForFlush = new MissingSpace("flush", setup.listener());
    this.missingForCompaction = new MissingSpace("compaction", setup.listener());
  }

  /// The store has been opened, and its memtables hold what was replayed: they are flushed now if
  /// they are full, and otherwise as soon as nobody writes, so that the next opening has less to
  /// do.
  void opened() {
    pressures.measureMemory();
    if (isWorthFlushing()) {
      idle();
    }
    if (keyspaces.oldestFrozen() != null) {
      schedule(Background.Lane.FLUSH, AFTER_OPENING_NANOS, flushDue, this::flush);
    }
    compactSoon();
  }

  @Override
  public void full(Keyspace keyspace) {
    if (logFiles.wholeCount() > LOG_FILES_MAX) {
      freezeOldest();
    }
    compactor.calm(false);
    flushSoon();
    pressures.measureMemory();
  }

  /// A writer waits meanwhile.
  @Override
  public boolean isPatient() {
    return false;
  }

  @Override
  public void needsMemory() {
    keyspaces.prepareMemory();
  }

  /// Freezes the memtables that keep the oldest file of the log from being dropped.
  private void freezeOldest() {
    long first = keyspaces.firstLogNeeded(log.segment().number(), null);
    for (Keyspace keyspace : keyspaces.all()) {
      Memtable active = keyspace.view().active();
      if (active != null && !active.isEmpty() && active.firstLogNumber() == first) {
        keyspace.change(View::frozen, false);
      }
    }
  }

  /// Freezes all active memtables that hold anything. For the leader of the commit pipeline.
  void freezeAll() {
    for (Keyspace keyspace : keyspaces.all()) {
      Memtable active = keyspace.view().active();
      if (active != null && !active.isEmpty()) {
        keyspace.change(View::frozen, false);
      }
    }
    flushSoon();
  }

  /// All whom the leader has taken in one turn have waited since its first wait.
  @Override
  public void await(long bytes, BooleanSupplier reserved) {
    long begun = setup.clock().nanos();
    if (pipeline.turn() != waitedInTurn) {
      waitedInTurn = pipeline.turn();
      waitedSinceNanos = begun;
    }
    waiting.add(Thread.currentThread());
    try {
      while (!reserved.getAsBoolean()) {
        refuseHopeless(bytes);
        if (keyspaces.oldestFrozen() == null) {
          freezeLargest();
        }
        flushSoon();
        readers.advance();
        background.pause(LOOK_AGAIN_NANOS);
      }
    } finally {
      waiting.remove(Thread.currentThread());
      long nanos = setup.clock().nanos() - begun;
      stalledNanos.add(nanos);
      setup.listener().on(new Event.WritesStalled(FLUSHES, nanos));
    }
  }

  private void refuseHopeless(long bytes) {
    failure.check();
    missingForFlush.refuse("memory cannot be flushed to it: free space and write again");
    if (bytes > setup.options().memtablesBytes()) {
      throw new StalledException(
          "a write needs %d bytes in memory, more than half of Options.memory, %d bytes: raise it, or write in parts"
              .formatted(bytes, setup.options().memoryBytes()));
    }
    boolean nothingToFlush = keyspaces.oldestFrozen() == null && keyspaces.largestActive() == null;
    if (keyspaces.jvmRefused() && nothingToFlush) {
      throw new StalledException(
          "the JVM gives no %d bytes outside the heap: raise -XX:MaxDirectMemorySize, or lower Options.memory"
              .formatted(bytes));
    }
    if (closing && nothingToFlush) {
      throw new DbClosedException(
          "the store is being closed, and memory is held in place by cursors or reads");
    }
    long limit = setup.options().stallMillis() * 1_000_000;
    if (limit > 0 && setup.clock().nanos() - waitedSinceNanos > limit) {
      throw new StalledException(
          ("no memory was freed for %d ms: of Options.memory, %d bytes, memtables hold %d;"
                  + " cursors that are left open hold them in place")
              .formatted(
                  setup.options().stallMillis(),
                  setup.options().memoryBytes(),
                  keyspaces.memoryBytes()));
    }
  }

  private void freezeLargest() {
    Keyspace largest = keyspaces.largestActive();
    if (largest != null) {
      largest.change(View::frozen, false);
    }
  }

  private void flushSoon() {
    if (keyspaces.oldestFrozen() != null) {
      schedule(Background.Lane.FLUSH, 0, flushDue, this::flush);
    }
  }

  /// Has a task run unless it is due already. Where that fails, for want of memory for instance,
  /// whoever needs the task asks again.
  private void schedule(Background.Lane lane, long nanos, AtomicBoolean due, Runnable task) {
    if (!closed && due.compareAndSet(false, true)) {
      try {
        background.executeAfter(lane, nanos, task);
      } catch (RuntimeException | OutOfMemoryError refused) {
        due.set(false);
        failure.report(refused);
      } catch (Error ended) {
        due.set(false); // the stack of whoever asks, who is told
        throw ended;
      }
    }
  }

  private void flush() {
    flushDue.set(false);
    tryFlush();
  }

  private void tryFlush() {
    Keyspace next = keyspaces.oldestFrozen();
    if (closed || failure.isLatched()) {
      progressed();
      return;
    }
    try {
      if (next == null) {
        flusher.dropLogs();
      } else {
        flusher.flush(next, () -> closed);
      }
      flushFailures = 0;
      missingForFlush.over();
      flushSoon();
      compactSoon();
    } catch (NoSpaceException full) {
      missingForFlush.found(full);
      retryFlush();
    } catch (IOException | RuntimeException | Error broken) {
      failure.report(broken);
      if (++flushFailures >= FAILURES_MAX) {
        failure.latch(broken);
      }
      retryFlush();
    }
    measure();
    progressed();
  }

  private void retryFlush() {
    schedule(Background.Lane.FLUSH, RETRY_NANOS, flushDue, this::flush);
  }

  /// Has the picker asked what is due.
  void compactSoon() {
    compactAfter(0);
  }

  private void compactAfter(long nanos) {
    schedule(Background.Lane.COMPACTION, nanos, compactionDue, this::compact);
  }

  private void compact() {
    compactionDue.set(false);
    measure(); // of a store that was just opened, nothing is known yet
    tryCompact();
  }

  private void tryCompact() {
    if (closed || failure.isLatched()) {
      progressed();
      return;
    }
    try {
      if (compactor.compactOne(() -> closed)) {
        compactSoon();
      } else {
        pressures.nothingDue();
      }
      compactionFailures = 0;
      missingForCompaction.over();
      compactionRetryNanos = RETRY_NANOS;
    } catch (NoSpaceException full) {
      missingForCompaction.found(full);
      // Each try takes what space there is for a while.
      compactAfter(compactionRetryNanos);
      compactionRetryNanos = Math.min(2 * compactionRetryNanos, RETRY_NANOS_MAX);
    } catch (IOException | RuntimeException | Error broken) {
      failure.report(broken);
      if (++compactionFailures >= FAILURES_MAX) {
        compactionFailures = 0;
        if (!compactor.haltsAfter(broken)) {
          failure.latch(broken);
        }
      }
      compactAfter(RETRY_NANOS);
    }
    measure();
    progressed();
  }

  private void measure() {
    pressures.measure();
  }

  private void progressed() {
    for (Thread thread : waiting) {
      LockSupport.unpark(thread);
    }
  }

  /// Whoever asks for it may have freed space: what found the disk full is tried at once, beside
  /// the next try that is due.
  private void tryAgain() {
    if (missingForFlush.over()) {
      background.execute(Background.Lane.FLUSH, this::tryFlush);
    }
    if (missingForCompaction.over()) {
      background.execute(Background.Lane.COMPACTION, this::tryCompact);
    }
  }

  /// Brings everything that was written before this call into tables.
  void flushAll() {
    tryAgain();
    long[] upTo = new long[1];
    pipeline.whileStill(last -> {
      upTo[0] = last;
      freezeAll();
      if (keyspaces.oldestFrozen() != null && !failure.isLatched()) {
        rollLog(last);
      }
    });
    awaitFlushed(upTo[0]);
  }

  /// Brings the store to rest, and waits until it is there.
  ///
  /// @param deletes whether files are being deleted, which nobody holds in place
  void settle(BooleanSupplier deletes) {
    tryAgain();
    long[] upTo = new long[1];
    pipeline.whileStill(last -> {
      upTo[0] = last;
      rest(last);
    });
    awaitFlushed(upTo[0]);
    compactSoon();
    awaitCompacted(() -> compactor.isSettled() && !deletes.getAsBoolean());
  }

  /// Brings what is in tables about a range of keys to the last level.
  void compact(Keyspace keyspace, KeyRange range) {
    tryAgain();
    CountDownLatch done = compactor.request(keyspace, range);
    compactSoon();
    awaitCompacted(() -> done.getCount() == 0 || compactor.isHalted(keyspace));
    compactor.requireSound(keyspace);
  }

  /// Waits until all that was frozen up to `sequence` is in tables.
  ///
  /// @throws OutOfSpaceException if the disk is full
  void awaitFlushed(long sequence) {
    awaitUntil(() -> keyspaces.oldestFrozenSequence() > sequence);
  }

  /// Waits until `done`, which the background brings about.
  void awaitUntil(BooleanSupplier done) {
    Thread thread = Thread.currentThread();
    waiting.add(thread);
    try {
      while (!done.getAsBoolean()) {
        if (closed) {
          throw new DbClosedException("the store was closed meanwhile");
        }
        failure.check();
        missingForFlush.refuse(GOES_ON);
        readers.advance();
        flushSoon();
        background.pause(LOOK_AGAIN_NANOS);
      }
    } finally {
      waiting.remove(thread);
    }
  }

  /// Waits until `done`, which flushes and compactions bring about.
  void awaitCompacted(BooleanSupplier done) {
    awaitUntil(() -> {
      missingForCompaction.refuse(GOES_ON);
      if (done.getAsBoolean()) {
        return true;
      }
      compactSoon(); // unless it is due: it could not be had run before, perhaps
      return false;
    });
  }

  /// Nobody has written for a moment: if it stays so, brings the store to rest.
  void idle() {
    long sequence = pipeline.visibleSequence();
    if (sequence != restedAt && !closed) {
      background.executeAfter(
          Background.Lane.FLUSH,
          REST_AFTER_NANOS,
          () -> {
            if (pipeline.visibleSequence() != sequence || restedAt == sequence) {
              return;
            }
            if (pipeline.tryWhileStill(this::rest)) {
              restedAt = sequence;
            } else {
              idle();
            }
          });
    }
  }

  /// Begins to make the store small and quick to open: what would take a while to replay is
  /// flushed, the log takes little room, and the tables are compacted further than they are under
  /// load. For the leader of the commit pipeline.
  void rest(long lastSequence) {
    if (failure.isLatched() || closed) {
      return;
    }
    compactor.calm(true);
    boolean worthIt = isWorthFlushing() || log.segment().sizeBytes() > REST_BYTES;
    if (worthIt) {
      freezeAll();
      rollLog(lastSequence);
    }
    if (worthIt || logFiles.wholeCount() > 0) {
      schedule(Background.Lane.FLUSH, 0, flushDue, this::flush);
    }
    compactSoon();
  }

  private boolean isWorthFlushing() {
    boolean worthIt = false;
    for (Keyspace keyspace : keyspaces.all()) {
      Memtable active = keyspace.view().active();
      worthIt |= active != null && active.usedBytes() > REST_BYTES;
    }
    return worthIt;
  }

  /// Has the log go on in a new, small file, so that the files before it can be dropped once their
  /// entries are in tables.
  void rollLog(long lastSequence) {
    try {
      logFiles.shrink();
      log.roll(lastSequence + 1);
      log.sync();
    } catch (NoSpaceException full) {
      // It is a matter of tidiness alone.
      failure.report(full);
    } catch (IOException | RuntimeException | Error broken) {
      failure.latch(broken);
      throw new DbException("the log cannot go on", broken);
    }
  }

  /// Flushes what would take long to replay. For whoever closes the store, once the background has
  /// ended and nobody writes.
  void flushToClose(long lastSequence) {
    long bytes = 0;
    for (Keyspace keyspace : keyspaces.all()) {
      for (Memtable memtable : keyspace.view().memtables()) {
        bytes += memtable.usedBytes();
      }
    }
    if (bytes <= REPLAY_BYTES_MAX || failure.isLatched()) {
      return;
    }
    try {
      freezeAll();
      rollLog(lastSequence);
      for (Keyspace next; (next = keyspaces.oldestFrozen()) != null; ) {
        flusher.flush(next, () -> false);
      }
    } catch (IOException | RuntimeException left) {
      // The log has everything.
      failure.report(left);
    }
  }

  /// For how long writes have waited for memory so far.
  long stalledNanos() {
    return stalledNanos.sum();
  }

  Compactor compactor() {
    return compactor;
  }

  Flusher flusher() {
    return flusher;
  }

  Backpressure backpressure() {
    return backpressure;
  }

  /// The store is about to be closed: a write that waits for what only its readers can give is
  /// refused.
  void closing() {
    closing = true;
    progressed();
  }

  /// Begins nothing any more, and ends soon what is under way.
  void close() {
    closed = true;
    progressed();
  }
}
