package org.tuffdb;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.error.DbClosedException;

/// Snapshots and cursors that stay open while the store goes on, and reads through them.
final class ModelReads {
  private static final int SNAPSHOTS_MAX = 4;
  private static final int CURSORS_MAX = 5;

  /// A cursor that does not move holds memtables in place, and there is little memory.
  private static final long UNMOVED_BYTES_MAX = 30_000;

  private final SplittableRandom random;
  private final ModelShape shape;
  private final ModelStore store;
  private final ModelCheck check;
  private final List<Taken> taken = new ArrayList<>();
  private final List<HeldCursor> cursors = new ArrayList<>();

  /// A snapshot and what it must show.
  private record Taken(Snapshot snapshot, Model.Content content) {}

  ModelReads(SplittableRandom random, ModelShape shape, ModelStore store, ModelCheck check) {
    this.random = random;
    this.shape = shape;
    this.store = store;
    this.check = check;
  }

  /// Reads a key from the store itself, or from one of the snapshots that are open.
  void get() {
    store.countOperations(1);
    byte[] key = shape.key();
    Model.Space space = store.space();
    int index = random.nextInt(taken.size() + 3);
    if (index < taken.size()) {
      Taken from = taken.get(index);
      check.get(keyspace(from, space), space, key, from.content.of(space).get(key));
    } else {
      check.get(store.keyspace(space), space, key, space.now.get(key));
    }
  }

  private Queryable keyspace(Taken from, Model.Space space) {
    return space.name.equals("default") ? from.snapshot : from.snapshot.keyspace(space.name);
  }

  void scan() {
    if (cursors.size() == CURSORS_MAX || (!cursors.isEmpty() && random.nextInt(3) > 0)) {
      HeldCursor held = cursors.get(random.nextInt(cursors.size()));
      walk(held);
      if (random.nextInt(6) == 0) {
        held.close();
        cursors.remove(held);
      }
      return;
    }
    HeldCursor opened = openCursor();
    walk(opened);
    if (random.nextBoolean()) {
      cursors.add(opened);
    } else {
      opened.close();
    }
  }

  private HeldCursor openCursor() {
    Model.Space space = store.space();
    KeyRange range = shape.range();
    int index = random.nextInt(taken.size() + 3);
    HeldCursor opened;
    if (index < taken.size()) {
      Taken from = taken.get(index);
      opened =
          new HeldCursor(
              keyspace(from, space), space, from.snapshot, range, from.content.of(space));
    } else {
      opened = new HeldCursor(store.keyspace(space), space, null, range, space.now);
    }
    store.counts.add("cursor");
    moved(opened);
    return opened;
  }

  private void walk(HeldCursor cursor) {
    if (random.nextInt(4) == 0) {
      cursor.look();
    }
    for (int steps = 1 + random.nextInt(20); steps > 0; steps--) {
      store.countOperations(1);
      cursor.move(random, shape.key());
    }
    moved(cursor);
  }

  private void moved(HeldCursor cursor) {
    if (cursor.movedAtChanges != store.changes() && cursor.movedAtBytes > 0) {
      store.counts.add("cursor moved over a change of tables");
    }
    cursor.movedAtChanges = store.changes();
    cursor.movedAtBytes = store.writtenBytes() + 1;
  }

  /// The thread that holds the cursors writes as well: while it waits for memory, nobody moves
  /// them.
  void makeRoom() {
    if (store.isShortOfMemory()) {
      store.catchUp();
      moveAllCursors();
    }
  }

  void moveIdleCursors() {
    for (HeldCursor cursor : cursors) {
      if (store.writtenBytes() - cursor.movedAtBytes > UNMOVED_BYTES_MAX) {
        store.countOperations(1);
        if (random.nextBoolean()) {
          cursor.next();
        } else {
          cursor.previous();
        }
        moved(cursor);
      }
    }
  }

  void moveAllCursors() {
    for (HeldCursor cursor : cursors) {
      cursor.next();
      moved(cursor);
    }
  }

  void snapshot() {
    store.countOperations(1);
    if (taken.size() < SNAPSHOTS_MAX && random.nextBoolean()) {
      if (random.nextInt(3) == 0) {
        Snapshot snapshot = store.db().durableSnapshot();
        taken.add(new Taken(snapshot, store.model.contentAt(snapshot.sequence())));
        store.durableUpTo(snapshot.sequence());
        store.counts.add("durable snapshot");
      } else {
        taken.add(new Taken(store.db().snapshot(), store.model.content()));
        store.counts.add("snapshot");
      }
    } else if (!taken.isEmpty()) {
      close(taken.remove(random.nextInt(taken.size())));
    }
  }

  private void close(Taken closed) {
    closed.snapshot.close();
    for (HeldCursor cursor : List.copyOf(cursors)) {
      if (closed.snapshot.equals(cursor.snapshot)) {
        requireClosed(cursor);
      }
    }
  }

  private void requireClosed(HeldCursor cursor) {
    cursors.remove(cursor);
    try {
      cursor.cursor().next();
    } catch (DbClosedException expected) {
      cursor.close();
      return;
    }
    throw new AssertionError("a cursor goes on whose snapshot, keyspace or store is gone");
  }

  void requireClosed(Model.Space dropped) {
    for (HeldCursor cursor : List.copyOf(cursors)) {
      if (cursor.space.equals(dropped)) {
        requireClosed(cursor);
      }
    }
  }

  void requireAllClosed() {
    List.copyOf(cursors).forEach(this::requireClosed);
  }

  void release() {
    taken.forEach(one -> one.snapshot.close());
    taken.clear();
    cursors.forEach(HeldCursor::close);
    cursors.clear();
  }

  /// Looks again at where each cursor stands.
  void look() {
    cursors.forEach(HeldCursor::look);
  }

  void compareSnapshots() {
    for (Taken one : taken) {
      for (Model.Space space : store.model.spaces()) {
        check.compare(keyspace(one, space), space, one.content.of(space));
      }
    }
  }
}
