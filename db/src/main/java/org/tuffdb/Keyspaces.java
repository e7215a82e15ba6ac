package org.tuffdb;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.Background;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;
import org.tuffdb.version.Version;

/// The keyspaces of a store and their memtables.
///
/// Looking up is for any thread. What changes a memtable is for one thread at a time: the leader of
/// the commit pipeline, or whoever opens the store. The same goes for adding keyspaces.
final class Keyspaces {
  private final Db db;
  private final Options options;
  private final Background background;
  private final SegmentPool pool;
  private final Map<String, Keyspace> byName = new ConcurrentHashMap<>();

  /// By id; null where there is none.
  private volatile @Nullable Keyspace[] byId = new Keyspace[0];

  /// The memory of all memtables.
  private final AtomicLong memoryBytes = new AtomicLong();

  private final BatchReader reader = new BatchReader();

  Keyspaces(Db db, Options options, Background background) {
    this.db = db;
    this.options = options;
    this.background = background;
    this.pool = new SegmentPool(options.memtableBytes());
  }

  /// Adds a keyspace. It takes memory with the first write to it.
  Keyspace add(int id, String name) {
    Keyspace keyspace = new Keyspace(db, id, name, new View());
    @Nullable Keyspace[] more = Arrays.copyOf(byId, Math.max(byId.length, id + 1));
    more[id] = keyspace;
    byId = more;
    byName.put(name, keyspace);
    return keyspace;
  }

  @Nullable Keyspace find(int id) {
    @Nullable Keyspace[] all = byId;
    return id < all.length ? all[id] : null;
  }

  @Nullable Keyspace find(String name) {
    return byName.get(name);
  }

  Keyspace defaultKeyspace() {
    Keyspace keyspace = find(Version.DEFAULT_KEYSPACE_ID);
    if (keyspace == null) {
      throw new IllegalStateException("the store is not open yet");
    }
    return keyspace;
  }

  /// The memory of all memtables, in bytes.
  long memoryBytes() {
    return memoryBytes.get();
  }

  int memtableCount() {
    return byName.values().stream().mapToInt(k -> k.view().memtables().length).sum();
  }

  long entryCount() {
    return byName.values().stream()
        .flatMap(keyspace -> Arrays.stream(keyspace.view().memtables()))
        .mapToLong(Memtable::entryCount)
        .sum();
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

  /// Has the memtables make room for all of `group`, so that applying it cannot fail.
  ///
  /// @throws StalledException if the memory budget does not allow it
  void reserve(List<Write> group) {
    for (Write write : group) {
      Batch batch = write.batch;
      for (int i = 0; i < batch.targetCount(); i++) {
        batch.target(i).neededBytes += batch.targetBytes(i);
      }
    }
    try {
      for (Write write : group) {
        reserve(write.batch);
      }
    } finally {
      for (Write write : group) {
        for (int i = 0; i < write.batch.targetCount(); i++) {
          write.batch.target(i).neededBytes = 0;
        }
      }
    }
  }

  private void reserve(Batch batch) {
    for (int i = 0; i < batch.targetCount(); i++) {
      Keyspace keyspace = batch.target(i);
      if (keyspace.neededBytes > 0) {
        reserve(keyspace, keyspace.neededBytes, options.memoryBytes());
        keyspace.neededBytes = 0;
      }
    }
  }

  /// Has the memtable of one keyspace make room for `bytes`, within a budget of `memoryBytesMax`.
  private void reserve(Keyspace keyspace, long bytes, long memoryBytesMax) {
    View view = keyspace.view();
    Memtable active = withRoom(view.active(), bytes);
    long before = active == null ? 0 : active.reservedBytes();
    long after =
        active == null
            ? Memtable.reservedBytesOfNew(bytes, options.memtableBytes())
            : active.reservedBytesWith(bytes);
    if (after == before) {
      return;
    }
    if (memoryBytes.get() - before + after > memoryBytesMax) {
      throw new StalledException(
          "the write needs %d bytes more; of Options.memory, %d bytes, the memtables hold %d: raise it"
              .formatted(after - before, memoryBytesMax, memoryBytes.get()));
    }
    try {
      Memtable memtable = active == null ? new Memtable(pool, options.memtableBytes()) : active;
      memtable.reserve(bytes);
      memoryBytes.addAndGet(memtable.reservedBytes() - before);
      if (active == null) {
        keyspace.setView(view.with(memtable));
      }
      prepareNext(memtable);
    } catch (OutOfMemoryError none) {
      throw new StalledException(
          "the JVM gives no %d bytes outside the heap: raise -XX:MaxDirectMemorySize, or lower Options.memory"
              .formatted(after),
          none);
    }
  }

  /// Has the memory that will be needed next made ready in the background, where filling it with
  /// zeros holds up no write, if the budget has room for it and the growth that takes it.
  private void prepareNext(Memtable grown) {
    long bytes = options.memtableBytes();
    boolean soon = grown.reservedBytes() >= bytes / 4;
    if (soon && memoryBytes.get() + 2 * bytes <= options.memoryBytes()) {
      background.execute(() -> pool.prepare(bytes));
    }
  }

  /// The memtable if it can take `bytes` more, else null. An empty one grows beyond its capacity.
  private static @Nullable Memtable withRoom(@Nullable Memtable active, long bytes) {
    boolean fits = active != null && (active.hasRoom(bytes) || active.entryCount() == 0);
    return fits ? active : null;
  }

  /// Applies the entries of a batch for which [#reserve] made room, the first as `firstSequence`.
  void apply(long firstSequence, Batch batch) {
    reader.open(batch.buffer(), 0, batch.sizeBytes());
    for (long sequence = firstSequence; reader.next(); sequence++) {
      Keyspace keyspace = find(reader.keyspaceId());
      put(keyspace, sequence, reader);
    }
  }

  /// Applies the entry that `entry` stands on without regard to the budget: it is in the log
  /// already.
  void hydrate(Keyspace keyspace, long sequence, BatchReader entry) {
    long bytes = Memtable.entryBytesMax(entry.keyLength(), entry.valueLength());
    reserve(keyspace, bytes, Long.MAX_VALUE);
    put(keyspace, sequence, entry);
  }

  private static void put(@Nullable Keyspace keyspace, long sequence, BatchReader entry) {
    Memtable active =
        Objects.requireNonNull(keyspace, "found when the batch was resolved").view().active();
    Objects.requireNonNull(active, "made when room was reserved")
        .put(
            sequence,
            entry.kind(),
            entry.bytes(),
            entry.keyOffset(),
            entry.keyLength(),
            entry.valueOffset(),
            entry.valueLength());
  }
}
