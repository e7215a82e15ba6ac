package org.tuffdb;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Writes to the store and to the model of it.
final class ModelWrites {
  private final SplittableRandom random;
  private final ModelShape shape;
  private final ModelStore store;

  ModelWrites(SplittableRandom random, ModelShape shape, ModelStore store) {
    this.random = random;
    this.shape = shape;
    this.store = store;
  }

  void write() {
    Durability durability = random.nextInt(3) == 0 ? Durability.SYNC : Durability.BUFFERED;
    Model.Commit commit = new Model.Commit();
    if (random.nextInt(3) > 0) {
      one(commit, durability);
    } else {
      batch(commit, durability);
    }
    store.acknowledge(durability);
  }

  private void one(Model.Commit commit, Durability durability) {
    Model.Space space = store.space();
    byte[] key = shape.key();
    store.countOperations(1);
    switch (random.nextInt(100)) {
      case 0 -> {
        KeyRange range = shape.rangeToDelete();
        commit.deleteRange(space, range);
        store.model.trying(commit, isEmpty(range) ? 0 : 1);
        store.counts.add("range delete");
        store.keyspace(space).deleteRange(range, durability);
      }
      case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 -> {
        commit.delete(space, key);
        store.model.trying(commit, 1);
        store.keyspace(space).delete(key, durability);
      }
      default -> {
        byte[] value = shape.value();
        commit.put(space, key, value);
        store.model.trying(commit, 1);
        store.countWritten(key.length + value.length);
        store.keyspace(space).put(key, value, durability);
      }
    }
  }

  private static boolean isEmpty(KeyRange range) {
    byte[] from = range.from();
    byte[] to = range.to();
    return to != null && Arrays.compareUnsigned(from == null ? new byte[0] : from, to) >= 0;
  }

  private void batch(Model.Commit commit, Durability durability) {
    Batch batch = new Batch();
    for (int left = random.nextInt(10); left > 0; left--) {
      add(store.space(), commit, batch);
    }
    store.countOperations(Math.max(1, batch.count()));
    store.countWritten(batch.sizeBytes());
    store.counts.add("batch");
    store.model.trying(commit, batch.count());
    store.db().write(batch, durability);
  }

  private void add(Model.Space space, Model.Commit commit, Batch batch) {
    byte[] key = shape.key();
    int drawn = random.nextInt(100);
    if (drawn < 2) {
      KeyRange range = shape.rangeToDelete();
      commit.deleteRange(space, range);
      var _ = batch.deleteRange(store.keyspace(space), range);
      store.counts.add("range delete");
    } else if (drawn < 25) {
      commit.delete(space, key);
      var _ = batch.delete(space.name, key);
    } else {
      byte[] value = shape.value();
      commit.put(space, key, value);
      var _ =
          random.nextBoolean()
              ? batch.put(store.keyspace(space), key, value)
              : batch.put(space.name, key, value);
    }
  }
}
