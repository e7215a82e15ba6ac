package org.tuffdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.log.Log;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogSegment;

/// Takes every write from the caller to the readers, in one order for all. One thread at a time
/// leads:
///
/// ```
/// lead: take everything that is queued, then for each group of it
///   1  refuse, if a failure is latched
///   2  make room in the memtables and in the log      | no room rejects the write, and nothing
///   3  append the group to the log                    | of it stays; all else latches
///   4  sync the log, if any of the group asks for it   | a failure latches
///   5  apply the group to the memtables                | likewise
///   6  publish the visible sequence
/// stop leading, wake the next leader, release those who are done
/// ```
///
/// Two rules hold it together. *Order*: sequences are given out while leading, so the log, the
/// memtables and the visible sequence agree on one order, and what a reader sees is a prefix of it.
/// *Durable before visible*: step 6 comes after step 4, so no reader sees a synced write that a
/// crash could take back.
///
/// Whoever finds nobody leading leads, on its own thread: a lone writer pays for no hand-over. The
/// others queue up while a group syncs, and the next leader takes them all: that is the group
/// commit. The leader applies the entries of all, as an insert costs less than waking a thread to
/// do it.
///
/// The queue is a stack of waiting writes. A writer pushes first and then tries to lead; a leader
/// stops leading first and then looks at the queue. One of the two always sees the other. A virtual
/// thread never leads, nor does a caller of [#commitAsync]: for them the committer does, a platform
/// thread of our own, and it alone tells them that they are done.
///
/// An interrupt changes nothing here: the write is finished and the status kept.
///
/// The stack of who leads may end in any call. So what nobody else can do for it, to give up what
/// it has taken and to stop leading, it does without one; and whoever should have been woken then
/// looks again by itself.
final class CommitPipeline {
  /// A group is cut when it has this many bytes, so that a flood of asynchronous writes fits into
  /// the files of the log and the memtables.
  private static final long GROUP_BYTES = 1 << 20;

  /// So much may be handed to the operating system before we ask for it to be written, lest the
  /// sync of somebody later takes long.
  private static final long UNSYNCED_BYTES = 8 << 20;

  /// Whoever waits is woken; this is for when that failed.
  private static final long LOOK_AGAIN_NANOS = 10_000_000;

  /// Stands in the queue once the pipeline is closed.
  private static final Write CLOSED = new Write(new Batch(0), Durability.BUFFERED, null, null);

  private final Log log;
  private final Keyspaces keyspaces;
  private final Failure failure;
  private final Background background;

  /// Made beforehand, for when there is no memory to make one.
  private final OutcomeUnknownException givenUp =
      new OutcomeUnknownException(
          "the commit ended half way; whether the write is there shows when the store is opened again");

  private final AtomicReference<@Nullable Write> queue = new AtomicReference<>();
  private final Leadership leadership = new Leadership();

  /// Of whoever leads for itself.
  private final Write own = new Write(new Batch(), Durability.SYNC, null, null);

  /// What the leader works on, used again. No loop over it has an iterator: they are garbage.
  private final List<Write> taken = new ArrayList<>();

  private final List<Write> group = new ArrayList<>();

  /// Whether a group is on its way into the log and the memtables.
  private boolean halfWay;

  private long turn;
  private long lastSequence;
  private volatile long visibleSequence;
  private final AtomicLong durableSequence;

  private long unsyncedBytes;

  private Keyspaces.@Nullable Room room;
  private @Nullable Backpressure backpressure;
  private final IdleSync idleSync;
  private final Committer committer;

  /// A pipeline in front of a log and memtables that both end with `lastSequence`, on the disk.
  CommitPipeline(
      Log log,
      Keyspaces keyspaces,
      long lastSequence,
      Failure failure,
      Background background,
      Executor callbacks) {
    this.log = log;
    this.keyspaces = keyspaces;
    this.failure = failure;
    this.background = background;
    this.committer =
        new Committer(() -> queue.get() != null && tryLeadForAll(), failure, background, callbacks);
    this.lastSequence = lastSequence;
    this.visibleSequence = lastSequence;
    this.durableSequence = new AtomicLong(lastSequence);
    this.idleSync = new IdleSync(this, log, failure, background);
  }

  /// Begins to take writes, with those who see to it that there is room for them. `idle` runs when
  /// nobody has written for a moment.
  void begin(Keyspaces.Room givesRoom, Backpressure slowsDown, Runnable idle) {
    room = givesRoom;
    backpressure = slowsDown;
    idleSync.begin(idle);
  }

  /// Counts how often somebody has led. For the leader.
  long turn() {
    return turn;
  }

  /// What readers may see: everything up to this sequence.
  long visibleSequence() {
    return visibleSequence;
  }

  /// Everything up to this sequence is on the disk, and visible.
  long durableSequence() {
    return durableSequence.get();
  }

  /// Commits one entry; returns when it is as durable as asked. Its lengths have been checked.
  void commit(Keyspace keyspace, byte kind, byte[] key, byte[] value, Durability durability) {
    // Whoever queues up does so with new objects; most buffered groups are done before that.
    if (Thread.currentThread().isVirtual()
        || !leadership.tryTakeSoon(Leadership.spins(durability))) {
      Batch batch = new Batch(Batch.bytesMax(key, value));
      batch.setTo(keyspace, kind, key, value);
      commit(batch, durability);
      return;
    }
    @Nullable Write others = null;
    @Nullable Throwable refused;
    try {
      own.reuse(durability);
      own.batch.setTo(keyspace, kind, key, value);
      own.batch.resolve(keyspaces);
      others = takeQueue();
      lead(others, own);
      refused = own.failure;
      own.batch.clear();
      idleSync.soon();
    } finally {
      // Without a call: there may be no stack for one.
      for (@Nullable Write write = others; write != null; write = write.earlier) {
        if (!write.done) {
          write.failure = givenUp;
          write.done = true;
        }
      }
      leadership.taken = false;
      wake(others);
    }
    Write.rethrow(refused);
  }

  /// Commits a batch; returns when it is as durable as asked.
  void commit(Batch batch, Durability durability) {
    Write write = new Write(batch, durability, Thread.currentThread(), null);
    batch.beginWrite();
    try {
      batch.resolve(keyspaces);
      push(write);
      await(write);
    } catch (Throwable overflow) {
      write.abandoned = true;
      while (write.taken && !write.done) {
        // Its leader uses the batch, soon for the last time. There is no stack to wait otherwise.
      }
      throw overflow;
    } finally {
      batch.beingWritten = false; // without a call: there may be no stack for one
    }
    Write.rethrow(write.failure);
  }

  /// Commits a batch, which nobody may change any more; the stage completes when it is as durable
  /// as asked.
  CompletionStage<@Nullable Void> commitAsync(Batch batch, Durability durability) {
    batch.resolve(keyspaces);
    CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
    push(new Write(batch, durability, null, future));
    return future.minimalCompletionStage();
  }

  private void push(Write write) {
    if (write.canLead()) {
      enqueue(write);
      return;
    }
    try {
      committer.entrust(write);
      enqueue(write);
    } catch (Throwable refused) {
      // The caller is told, so nobody need see to that.
      write.done = true;
      throw refused;
    }
    committer.queued(leadership.taken);
  }

  private void enqueue(Write write) {
    do {
      write.earlier = queue.get();
      if (write.earlier == CLOSED) {
        throw new DbClosedException("the store is closed");
      }
    } while (!queue.compareAndSet(write.earlier, write));
  }

  private void await(Write write) {
    boolean interrupted = false;
    int spins = write.canLead() ? Leadership.spins(write.durability) : 0;
    while (!write.done) {
      if (write.canLead() && tryLeadForAll()) {
        continue;
      }
      if (spins > 0) {
        spins--;
        Thread.onSpinWait();
      } else if (write.canLead()) {
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        interrupted |= Thread.interrupted();
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Commits what is queued, unless somebody else leads; then returns false.
  private boolean tryLeadForAll() {
    if (!leadership.tryTake()) {
      return false;
    }
    @Nullable Write newest = null;
    try {
      newest = takeQueue();
      lead(newest, null);
      idleSync.soon();
    } finally {
      // Without a call: there may be no stack for one.
      for (@Nullable Write write = newest; write != null; write = write.earlier) {
        if (!write.done) {
          write.failure = givenUp;
          write.done = true;
        }
      }
      leadership.taken = false;
      wake(newest);
    }
    return true;
  }

  /// Commits what was queued, given by its newest write, and `mine` behind it.
  private void lead(@Nullable Write newest, @Nullable Write mine) {
    turn++;
    try {
      for (@Nullable Write write = newest; write != null; write = write.earlier) {
        write.taken = true;
        if (!write.abandoned) {
          taken.add(write);
        }
      }
      Collections.reverse(taken);
      if (mine != null) {
        taken.add(mine);
      }
      commitTaken();
    } catch (Throwable unexpected) {
      failure.latch(unexpected);
      if (mine != null && !mine.done) {
        mine.finish(unexpected);
      }
    } finally {
      taken.clear();
      group.clear();
    }
  }

  private @Nullable Write takeQueue() {
    return queue.get() == null ? null : queue.getAndSet(null);
  }

  /// Wakes the next leader, and those who are done.
  private void wake(@Nullable Write newest) {
    wakeLeader();
    boolean othersAreDone = false;
    for (@Nullable Write write = newest; write != null; write = write.earlier) {
      if (write.canLead()) {
        LockSupport.unpark(write.waiter);
      } else {
        othersAreDone = true;
      }
    }
    if (othersAreDone) {
      committer.wake();
    }
  }

  private void wakeLeader() {
    Write waiting = queue.get();
    if (waiting == null || waiting == CLOSED) {
      return;
    }
    if (waiting.canLead()) {
      LockSupport.unpark(waiting.waiter);
    } else {
      committer.wake();
    }
  }

  private void commitTaken() {
    int next = 0;
    while (next < taken.size()) {
      group.clear();
      long bytes = 0;
      do {
        Write write = taken.get(next++);
        group.add(write);
        bytes += Log.recordBytes(write.batch.writtenBytes());
      } while (next < taken.size()
          && bytes + Log.recordBytes(taken.get(next).batch.writtenBytes()) <= GROUP_BYTES);
      commitGroup(bytes);
    }
  }

  private void commitGroup(long bytes) {
    try {
      requireWhole();
      failure.check();
      Objects.requireNonNull(backpressure, "begun").delay(bytes);
      keyspaces.reserve(group, log.segment().number(), Objects.requireNonNull(room, "begun"));
    } catch (RuntimeException refusal) {
      refuse(refusal);
      return;
    }
    try {
      log.reserve(bytes, lastSequence + 1);
    } catch (NoSpaceException full) {
      refuse(full);
      return;
    } catch (Throwable broken) {
      // The log may have been left half way to its next file. Nothing of the group is in it.
      failure.latch(broken);
      refuse(broken);
      return;
    }
    halfWay = true;
    try {
      boolean sync = append();
      if (sync) {
        log.sync();
      }
      apply();
      publish(sync);
    } catch (NoSpaceException full) {
      takeBack(full);
    } catch (Throwable unknown) {
      failure.latch(unknown);
      for (Write write : group) {
        write.finish(Refusals.unknown(unknown));
      }
    }
    halfWay = false;
  }

  /// A leader who found no stack even to latch the failure leaves a group whose sequences are in
  /// the log: nobody must give them out again.
  private void requireWhole() {
    if (halfWay) {
      failure.latch(givenUp);
    }
  }

  /// Returns whether any of the group asks for a sync.
  private boolean append() throws IOException {
    boolean sync = false;
    long sequence = lastSequence + 1;
    for (int i = 0; i < group.size(); i++) {
      sync |= group.get(i).durability == Durability.SYNC;
      Batch batch = group.get(i).batch;
      if (batch.writtenCount() > 0) {
        log.add(LogFormat.DATA, sequence, batch.buffer(), 0, batch.writtenBytes());
        sequence += batch.writtenCount();
      }
    }
    long before = log.endOffset();
    log.append(!sync);
    unsyncedBytes = sync ? 0 : unsyncedBytes + log.endOffset() - before;
    if (unsyncedBytes > UNSYNCED_BYTES) {
      unsyncedBytes = 0;
      background.execute(Background.Lane.TASKS, this::syncInBackground);
    }
    return sync;
  }

  private void apply() {
    for (int i = 0; i < group.size(); i++) {
      Batch batch = group.get(i).batch;
      keyspaces.apply(lastSequence + 1, batch);
      lastSequence += batch.writtenCount();
    }
  }

  private void publish(boolean synced) {
    visibleSequence = lastSequence;
    if (synced) {
      raiseDurable(lastSequence);
    }
    for (int i = 0; i < group.size(); i++) {
      group.get(i).finish(null);
    }
  }

  /// Notes that everything up to `sequence` is on the disk.
  void raiseDurable(long sequence) {
    durableSequence.accumulateAndGet(sequence, Math::max);
  }

  /// Refuses the group, of which nothing is written; but first each write gets its own chance.
  private void refuse(Throwable refusal) {
    if (group.size() == 1 || failure.isLatched()) {
      keyspaces.dropEmpty(group);
      for (Write write : group) {
        write.finish(Refusals.of(refusal));
      }
      return;
    }
    for (Write write : List.copyOf(group)) {
      group.clear();
      group.add(write);
      commitGroup(Log.recordBytes(write.batch.writtenBytes()));
    }
  }

  /// The disk was full in the middle of the group: nothing of it may stay in the log.
  private void takeBack(NoSpaceException full) {
    try {
      log.rollback();
    } catch (Throwable unknown) {
      unknown.addSuppressed(full);
      failure.latch(unknown);
    }
    keyspaces.dropEmpty(group);
    for (Write write : group) {
      write.finish(failure.isLatched() ? Refusals.unknown(full) : Refusals.of(full));
    }
  }

  private void syncInBackground() {
    try {
      syncBeside();
    } catch (IOException latched) {
      // Each later write tells of it.
    }
  }

  /// Brings everything to the disk that is visible now. May be called beside the leader.
  void syncBeside() throws IOException {
    long sequence = visibleSequence;
    try {
      log.sync();
      raiseDurable(sequence);
    } catch (Throwable unknown) {
      failure.latch(unknown);
      throw unknown;
    }
  }

  /// The file of the log that is written to.
  LogSegment logSegment() {
    return log.segment();
  }

  /// Runs `action` while no write is under way; it gets the sequence of the last one.
  void whileStill(LongConsumer action) {
    while (!tryWhileStill(action)) {
      awaitTurn();
    }
  }

  /// The same if no write is under way now; otherwise returns false at once.
  boolean tryWhileStill(LongConsumer action) {
    if (!leadership.tryTake()) {
      return false;
    }
    try {
      requireWhole();
      action.accept(lastSequence);
      idleSync.soon();
    } finally {
      leadership.taken = false;
      wakeLeader();
    }
    return true;
  }

  /// Whoever leads serves this empty write, and has then stopped leading.
  private void awaitTurn() {
    Write turn = new Write(new Batch(0), Durability.BUFFERED, Thread.currentThread(), null);
    turn.batch.resolve(keyspaces);
    push(turn);
    await(turn);
  }

  /// Commits what is queued and takes nothing more. The caller leads for good afterwards, so the
  /// log is its own.
  void close() {
    while (!leadership.tryTake()) {
      try {
        awaitTurn();
      } catch (OutOfMemoryError full) { // none to wait in the queue with
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      }
    }
    @Nullable Write last = queue.getAndSet(CLOSED);
    try {
      lead(last, null);
    } finally {
      for (@Nullable Write write = last; write != null; write = write.earlier) {
        write.giveUp(givenUp);
      }
      wake(last);
      committer.close();
    }
  }
}
