package org.tuffdb.torture;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.Queryable;
import org.tuffdb.Snapshot;

/// Reads some neighbouring keys of a writer, in one of several ways, and compares them with what
/// the writer knows. Between the two there may be memory again.
final class StarvedRead {
  private static final int SCANNED = 16;

  private static final List<Way> ANYWHERE =
      List.of(Way.GET, Way.SNAPSHOT, Way.SCAN, Way.SCAN_OF_SNAPSHOT);

  private final Mirror mirror;
  private final byte[][] keys = new byte[SCANNED][];
  private final byte[] @Nullable [] values = new byte[SCANNED][];

  /// What the step changes of which nobody knows whether it is there.
  private final int[] unsure = new int[SCANNED];

  private Way way = Way.GET;
  private int place;
  private byte[] key = new byte[0];
  private KeyRange range = KeyRange.all();
  private int looked;
  private int count;

  private enum Way {
    GET,
    SNAPSHOT,
    SCAN,
    SCAN_OF_SNAPSHOT,
    /// All that a step changes, got from a snapshot.
    STEP
  }

  StarvedRead(Mirror mirror) {
    this.mirror = mirror;
  }

  /// Draws what is read, and in which way.
  void draw(SplittableRandom random) {
    way = ANYWHERE.get(random.nextInt(ANYWHERE.size()));
    place = random.nextInt(Mirror.PLACES / Step.KEYS) * Step.KEYS;
    place += random.nextInt(Step.KEYS - SCANNED);
    key = Change.bytes(mirror.key(place));
    range = KeyRange.closedOpen(key, Change.bytes(mirror.key(place + SCANNED)));
    count = 0;
    int changes = mirror.unsure(unsure);
    if (changes > 0 && random.nextInt(4) > 0) {
      way = Way.STEP;
    }
    looked =
        switch (way) {
          case GET, SNAPSHOT -> 1;
          case SCAN, SCAN_OF_SNAPSHOT -> SCANNED;
          case STEP -> changes;
        };
  }

  /// Reads it. Nothing is known of what this found if it throws.
  void look(Db db) {
    switch (way) {
      case GET -> get(db.keyspace(mirror.keyspace(place)));
      case SCAN -> scan(db.keyspace(mirror.keyspace(place)));
      case SNAPSHOT, SCAN_OF_SNAPSHOT -> lookAtSnapshot(db);
      case STEP -> lookAtStep(db);
    }
  }

  private void lookAtStep(Db db) {
    // They may not be there yet.
    Mirror.KEYSPACES.forEach(db::keyspace);
    try (Snapshot snapshot = db.snapshot()) {
      for (int i = 0; i < looked; i++) {
        Queryable keyspace = snapshot.keyspace(mirror.keyspace(unsure[i]));
        values[i] = keyspace.get(Change.bytes(mirror.key(unsure[i])));
      }
    }
  }

  private void lookAtSnapshot(Db db) {
    // It may not be there yet.
    Keyspace known = db.keyspace(mirror.keyspace(place));
    try (Snapshot snapshot = db.snapshot()) {
      Queryable keyspace = snapshot.keyspace(known.name());
      if (way == Way.SNAPSHOT) {
        get(keyspace);
      } else {
        scan(keyspace);
      }
    }
  }

  private void get(Queryable keyspace) {
    byte[] found = keyspace.get(key);
    if (found != null) {
      keys[0] = key;
      values[0] = found;
      count = 1;
    }
  }

  private void scan(Queryable keyspace) {
    try (Cursor cursor = keyspace.scan(range)) {
      while (cursor.next()) {
        keys[count] = cursor.key();
        values[count] = cursor.value();
        count++;
      }
    }
  }

  /// @throws Violation if something else should have been read
  void check() {
    mirror.beginView();
    if (way == Way.STEP) {
      for (int i = 0; i < looked; i++) {
        mirror.check(unsure[i], values[i]);
      }
      return;
    }
    int at = 0;
    for (int i = 0; i < looked; i++) {
      boolean there = at < count && Change.text(keys[at]).equals(mirror.key(place + i));
      mirror.check(place + i, there ? values[at++] : null);
    }
    if (at < count) {
      throw new Violation("a scan shows what should not be there: " + Change.text(keys[at]));
    }
  }
}
