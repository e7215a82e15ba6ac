package org.tuffdb.torture;

import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Keyspace;
import org.tuffdb.Queryable;
import org.tuffdb.Snapshot;

/// A [Worker]'s store from one opening to its closing.
///
/// @param durability how durable writes are; null if that is drawn for each
record WorkSession(Db db, @Nullable Durability durability) {
  Durability draw(SplittableRandom random) {
    if (durability != null) {
      return durability;
    }
    return random.nextBoolean() ? Durability.SYNC : Durability.BUFFERED;
  }

  /// Has `reading` read what is durable. Where all writes are synced, every read shows just that.
  <T extends @Nullable Object> T readDurable(String keyspace, Function<Queryable, T> reading) {
    // Nobody may have written to it yet: then this makes it.
    Keyspace newest = db.keyspace(keyspace);
    if (durability == Durability.SYNC) {
      return reading.apply(newest);
    }
    try (Snapshot snapshot = db.durableSnapshot()) {
      return reading.apply(snapshot.keyspace(keyspace));
    }
  }
}
