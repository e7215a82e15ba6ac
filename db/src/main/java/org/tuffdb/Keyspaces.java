package org.tuffdb;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.entry.Kind;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.Background;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;
import org.tuffdb.version.Levels;
import org.tuffdb.version.Version;

/// The keyspaces of a store and their memtables.
///
/// Looking up is for any thread. What changes a memtable is for one thread at a time: the leader of
/// the commit pipeline, or whoever opens the store. Who adds and removes keyspaces, beside that,
/// holds the monitor of [KeyspaceCatalog].
final class Keyspaces {
  /// What sees to it that there is room in memory.
  interface Room {
    /// The active memtable of a keyspace is full: it is to be flushed.
    void full(Keyspace keyspace);

    /// Whether there is time to make as much memory as a memtable can use.
    boolean isPatient();

    /// Memory for a whole memtable will be needed soon: it may be made ready meanwhile.
    void needsMemory();

    /// Waits until memory was freed and `reserved` says that it was enough.
    ///
    /// @param bytes how much memory all that is to be written takes
    /// @throws StalledException if waiting is of no use, or takes too long
    void await(long bytes, BooleanSupplier reserved);
  }

  /// A memtable of this part of its largest size is taken for one that will be filled.
  private static final int EARLY = 16;

  /// What a writer waits for when it makes memory itself: some milliseconds, 15 on machines where
  /// new memory is dear. Larger pieces are taken only when they are ready.
  private static final long MADE_AT_ONCE_BYTES = 4 << 20;

  private final Db db;
  private final Options options;
  private final Background background;
  private final SegmentPool pool;
  private final long memtablesBytesMax;
  private final Map<String, Keyspace> byName = new ConcurrentHashMap<>();

  /// In the order of their ids, of which there may be any.
  private volatile Keyspace[] byId = new Keyspace[0];

  /// The memory of all memtables.
  private final AtomicLong memoryBytes = new AtomicLong();

  private final BatchReader reader = new BatchReader();

  /// Whether the JVM had no memory to give when it was asked last, though the budget allowed it.
  private volatile boolean jvmRefused;

  /// How often room was made by more than letting a memtable grow.
  private long begun;

  Keyspaces(Db db, Options options, Background background) {
    this.db = db;
    this.options = options;
    this.background = background;
    this.memtablesBytesMax = options.memtablesBytes();
    this.pool = new SegmentPool(memtablesBytesMax);
  }

  /// Adds a keyspace. It takes memory with the first write to it.
  Keyspace add(int id, String name, Lifetimes lifetimes, Levels levels) {
    Keyspace keyspace = new Keyspace(db, id, name, lifetimes, levels);
    Keyspace[] all = Arrays.copyOf(byId, byId.length + 1);
    all[byId.length] = keyspace;
    Arrays.sort(all, (a, b) -> Integer.compare(a.id(), b.id()));
    byId = all;
    byName.put(name, keyspace);
    return keyspace;
  }

  /// Removes a keyspace, with all that is in it.
  void remove(Keyspace keyspace) {
    byId = Arrays.stream(byId).filter(each -> each != keyspace).toArray(Keyspace[]::new);
    byName.remove(keyspace.name());
    keyspace.drop();
  }

  @Nullable Keyspace find(int id) {
    Keyspace[] all = byId;
    int low = 0;
    int high = all.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all[middle].id() < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < all.length && all[low].id() == id ? all[low] : null;
  }

  @Nullable Keyspace find(String name) {
    return byName.get(name);
  }

  Collection<Keyspace> all() {
    return byName.values();
  }

  Keyspace defaultKeyspace() {
    Keyspace keyspace = find(Version.DEFAULT_KEYSPACE_ID);
    if (keyspace == null) {
      throw new IllegalStateException("the store is not open yet");
    }
    return keyspace;
  }

  /// The memory of all memtables and of what is kept for the next ones, in bytes.
  long memoryBytes() {
    return memoryBytes.get() + pool.keptBytes();
  }

  /// Notes that nobody reads `memtable` any more: its memory is used again.
  void release(Memtable memtable) {
    memoryBytes.addAndGet(-memtable.reservedBytes());
    memtable.release();
  }

  boolean jvmRefused() {
    return jvmRefused;
  }

  /// The keyspace that holds the most memory by its active memtable; null if none holds anything.
  @Nullable Keyspace largestActive() {
    Keyspace largest = null;
    long most = 0;
    for (Keyspace keyspace : byName.values()) {
      Memtable active = keyspace.view().active();
      if (active != null && !active.isEmpty() && active.reservedBytes() > most) {
        largest = keyspace;
        most = active.reservedBytes();
      }
    }
    return largest;
  }

  /// The keyspace whose oldest frozen memtable holds on to the oldest file of the log; null if
  /// nothing waits to be flushed.
  @Nullable Keyspace oldestFrozen() {
    Keyspace oldest = null;
    long least = Long.MAX_VALUE;
    for (Keyspace keyspace : byName.values()) {
      Memtable frozen = keyspace.view().oldestFrozen();
      if (frozen != null && frozen.newestSequence() < least) {
        oldest = keyspace;
        least = frozen.newestSequence();
      }
    }
    return oldest;
  }

  /// What of the memory for memtables is taken, without what the active ones have still free, in
  /// bytes.
  long takenBytes() {
    long bytes = memoryBytes.get();
    for (Keyspace keyspace : byName.values()) {
      Memtable active = keyspace.view().active();
      bytes -= active == null ? 0 : active.freeBytes();
    }
    return bytes;
  }

  /// The newest sequence of the memtable that is to be flushed first; [Long#MAX_VALUE] if there is
  /// none.
  long oldestFrozenSequence() {
    long least = Long.MAX_VALUE;
    for (Keyspace keyspace : byName.values()) {
      Memtable frozen = keyspace.view().oldestFrozen();
      least = frozen == null ? least : Math.min(least, frozen.newestSequence());
    }
    return least;
  }

  /// The first file of the log that a memtable other than `flushed` still needs; `otherwise` if
  /// none needs one before that.
  long firstLogNeeded(long otherwise, @Nullable Memtable flushed) {
    long first = otherwise;
    for (Keyspace keyspace : byName.values()) {
      for (Memtable memtable : keyspace.view().memtables()) {
        if (!memtable.isEmpty() && !memtable.equals(flushed)) {
          first = Math.min(first, memtable.firstLogNumber());
        }
      }
    }
    return first;
  }

  /// The keyspace that a batch names, by itself or by its name; a new name creates one.
  Keyspace resolve(Object named) {
    if (named instanceof String name) {
      return name.equals(Version.DEFAULT_KEYSPACE) ? defaultKeyspace() : db.keyspace(name);
    }
    Keyspace keyspace = (Keyspace) named;
    if (keyspace.db() != db) {
      throw new IllegalArgumentException("the batch writes to " + keyspace + " of another store");
    }
    return keyspace;
  }

  /// Has the memtables make room for all of `group`, so that applying it cannot fail; waits for
  /// memory to be freed if need be.
  ///
  /// @param logNumber the file of the log that the group goes into, or the one before
  /// @throws StalledException if the memory budget does not allow it
  /// @throws DbClosedException if one of the keyspaces was dropped
  void reserve(List<Write> group, long logNumber, Room room) {
    for (int w = 0; w < group.size(); w++) {
      Batch batch = group.get(w).batch;
      for (int i = 0; i < batch.targetCount(); i++) {
        batch.target(i).neededBytes += batch.targetBytes(i);
      }
    }
    try {
      while (!reserveAll(group, logNumber, room)) {
        // Where a memtable was begun, that of another keyspace may have been frozen.
      }
    } finally {
      for (int w = 0; w < group.size(); w++) {
        Batch batch = group.get(w).batch;
        for (int i = 0; i < batch.targetCount(); i++) {
          batch.target(i).neededBytes = 0;
        }
      }
    }
  }

  /// Returns whether there was room for all without beginning a memtable.
  private boolean reserveAll(List<Write> group, long logNumber, Room room) {
    long before = begun;
    for (int w = 0; w < group.size(); w++) {
      Batch batch = group.get(w).batch;
      for (int i = 0; i < batch.targetCount(); i++) {
        Keyspace keyspace = batch.target(i);
        long bytes = keyspace.neededBytes;
        if (bytes > 0 && keyspace.isDropped()) {
          throw new DbClosedException("the keyspace was dropped: " + keyspace.name());
        }
        if (bytes > 0 && !tryReserve(keyspace, bytes, logNumber, room)) {
          begun++;
          room.await(neededBytes(group), () -> tryReserve(keyspace, bytes, logNumber, room));
        }
      }
    }
    return begun == before;
  }

  private long neededBytes(List<Write> group) {
    Set<Keyspace> counted = new HashSet<>();
    long sum = 0;
    for (Write write : group) {
      for (int i = 0; i < write.batch.targetCount(); i++) {
        Keyspace keyspace = write.batch.target(i);
        sum += counted.add(keyspace) ? memoryBytesOf(keyspace.neededBytes) : 0;
      }
    }
    return sum;
  }

  /// What a memtable that is begun for entries of `bytes` takes at once.
  private long memoryBytesOf(long bytes) {
    return bytes == 0 ? 0 : Memtable.reservedBytesOfNew(bytes, options.memtableBytes());
  }

  /// Gives back the memtables that were begun for a group which is refused, by whomever: empty ones
  /// would hold memory that nothing frees.
  void dropEmpty(List<Write> group) {
    for (Write write : group) {
      for (int i = 0; i < write.batch.targetCount(); i++) {
        Keyspace keyspace = write.batch.target(i);
        Memtable active = keyspace.view().active();
        if (active != null && active.isEmpty()) {
          keyspace.change(View::withoutActive, true);
        }
      }
    }
  }

  /// Has the active memtable of one keyspace make room for `bytes`; false if the budget does not
  /// allow it now.
  private boolean tryReserve(Keyspace keyspace, long bytes, long logNumber, Room room) {
    Memtable active = keyspace.view().active();
    if (active == null) {
      // What opening has had made ready is for the first one that the log fills.
      long ready = room.isPatient() && memoryBytes.get() == 0 ? readyBytes() : 0;
      return tryBegin(keyspace, bytes, bytes <= ready / 2 ? ready : 0, logNumber);
    }
    boolean grows = active.isEmpty() || (active.hasRoom(bytes) && canGrow(active, bytes, room));
    if (!grows) {
      if (!tryBegin(keyspace, bytes, firstBytes(active), logNumber)) {
        return false;
      }
      room.needsMemory();
      room.full(keyspace);
      return true;
    }
    long more = active.reservedBytesWith(bytes) - active.reservedBytes();
    if (more == 0) {
      return true;
    }
    if (!allows(more)) {
      return false;
    }
    long before = active.reservedBytes();
    if (!inMemory(() -> active.reserve(bytes))) {
      return false;
    }
    pool.trim(memtablesBytesMax - memoryBytes.addAndGet(active.reservedBytes() - before));
    prepareNext(active, room);
    return true;
  }

  /// Whether a memtable gets as large as it must without anybody having to make much memory first.
  /// One that does not is flushed as it is.
  private boolean canGrow(Memtable active, long bytes, Room room) {
    long more = active.reservedBytesWith(bytes) - active.reservedBytes();
    return more <= MADE_AT_ONCE_BYTES
        || room.isPatient()
        || bytes > MADE_AT_ONCE_BYTES
        || pool.keeps(more, options.memtableBytes());
  }

  /// @param first what the memtable takes at first; 0 for as little as possible
  private boolean tryBegin(Keyspace keyspace, long bytes, long first, long logNumber) {
    long needed = Memtable.reservedBytesOfNew(bytes, options.memtableBytes());
    boolean generous = first > 0 && allows(Math.max(needed, first));
    if (!generous && !allows(needed)) {
      return false;
    }
    begun++;
    return inMemory(() -> {
      Memtable active =
          new Memtable(
              pool, generous ? first : Memtable.FIRST_BYTES, options.memtableBytes(), logNumber);
      active.reserve(bytes);
      begin(keyspace, active);
    });
  }

  private void begin(Keyspace keyspace, Memtable memtable) {
    long left = memtablesBytesMax - memoryBytes.addAndGet(memtable.reservedBytes());
    try {
      pool.trim(left);
      keyspace.change(view -> view.withActive(memtable), false);
    } catch (Throwable refused) {
      if (!memtable.equals(keyspace.view().active())) {
        release(memtable);
      }
      throw refused;
    }
  }

  /// What a memtable begins with after one that was filled: all of its memory, if that is ready.
  private long firstBytes(Memtable filled) {
    long atOnce = Math.min(options.memtableBytes(), MADE_AT_ONCE_BYTES);
    return filled.reservedBytes() < atOnce ? 0 : Math.max(atOnce, readyBytes());
  }

  /// The memory of a whole memtable if that is ready, else 0.
  private long readyBytes() {
    long whole = options.memtableBytes();
    return pool.keeps(whole, 2 * whole) ? whole : 0;
  }

  /// Whether the budget has room for so much more. What the pool keeps counts as soon as it is
  /// lent.
  private boolean allows(long moreBytes) {
    return memoryBytes.get() + moreBytes <= memtablesBytesMax;
  }

  /// Runs what needs memory outside the heap; false if the JVM has none to give now.
  private boolean inMemory(Runnable action) {
    try {
      action.run();
      jvmRefused = false;
      return true;
    } catch (OutOfMemoryError none) {
      jvmRefused = true;
      pool.trim(0);
      return false;
    }
  }

  /// Has memory for a whole memtable made ready in the background, where filling it with zeros
  /// holds up no write, once one has grown so far that it will go on growing. If there is plenty,
  /// that is early: it takes its last step of growth at once then.
  private void prepareNext(Memtable grown, Room room) {
    boolean plenty = memoryBytes() <= memtablesBytesMax / 2;
    if (grown.reservedBytes() >= options.memtableBytes() / (plenty ? EARLY : 4)) {
      room.needsMemory();
    }
  }

  /// Has memory for a whole memtable made ready, if the budget allows it.
  void prepareMemory() {
    long bytes = options.memtableBytes();
    if (memoryBytes() + bytes <= memtablesBytesMax) {
      background.execute(Background.Lane.MEMORY, () -> prepare(bytes));
    }
  }

  /// Writers may have taken the memory since it was asked for.
  private void prepare(long bytes) {
    if (memoryBytes() + bytes <= memtablesBytesMax) {
      pool.prepare(bytes);
    }
  }

  /// Applies the entries of a batch for which [#reserve] made room, the first as `firstSequence`.
  void apply(long firstSequence, Batch batch) {
    reader.open(batch.buffer(), 0, batch.writtenBytes());
    for (long sequence = firstSequence; reader.next(); sequence++) {
      Keyspace keyspace = find(reader.keyspaceId());
      put(Objects.requireNonNull(keyspace, "found when room was reserved"), sequence, reader);
    }
  }

  /// Takes the entry that `entry` stands on, which is in file `logNumber` of the log already, into
  /// a memtable that is to be [ordered][Memtable#order()]. May flush memtables by calling `room`.
  void hydrate(Keyspace keyspace, long sequence, BatchReader entry, long logNumber, Room room) {
    long bytes = Memtable.entryBytesMax(entry.keyLength(), entry.valueLength());
    if (!tryReserve(keyspace, bytes, logNumber, room)) {
      room.await(memoryBytesOf(bytes), () -> tryReserve(keyspace, bytes, logNumber, room));
    }
    Memtable active = activeOf(keyspace);
    if (entry.kind() == Kind.RANGE_DELETE) {
      deleteRange(active, sequence, entry);
    } else {
      active.load(
          sequence,
          entry.kind(),
          entry.bytes(),
          entry.keyOffset(),
          entry.keyLength(),
          entry.valueOffset(),
          entry.valueLength());
    }
  }

  private static Memtable activeOf(Keyspace keyspace) {
    return Objects.requireNonNull(keyspace.view().active(), "made when room was reserved");
  }

  private static void put(Keyspace keyspace, long sequence, BatchReader entry) {
    Memtable active = activeOf(keyspace);
    if (entry.kind() == Kind.RANGE_DELETE) {
      deleteRange(active, sequence, entry);
      return;
    }
    active.put(
        sequence,
        entry.kind(),
        entry.bytes(),
        entry.keyOffset(),
        entry.keyLength(),
        entry.valueOffset(),
        entry.valueLength());
  }

  private static void deleteRange(Memtable memtable, long sequence, BatchReader entry) {
    int limitAt = entry.valueOffset();
    memtable.deleteRange(
        sequence,
        Arrays.copyOfRange(entry.bytes(), entry.keyOffset(), limitAt),
        Arrays.copyOfRange(entry.bytes(), limitAt, limitAt + entry.valueLength()));
  }
}
