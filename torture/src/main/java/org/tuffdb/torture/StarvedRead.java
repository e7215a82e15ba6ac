package org.tuffdb.torture;

import java.util.SplittableRandom;
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

  private final Mirror mirror;
  private final byte[][] keys = new byte[SCANNED][];
  private final byte[][] values = new byte[SCANNED][];
  private Way way = Way.GET;
  private int place;
  private byte[] key = new byte[0];
  private KeyRange range = KeyRange.all();
  private int count;

  private enum Way {
    GET,
    SNAPSHOT,
    SCAN,
    SCAN_OF_SNAPSHOT
  }

  StarvedRead(Mirror mirror) {
    this.mirror = mirror;
  }

  /// Draws what is read, and in which way.
  void draw(SplittableRandom random) {
    way = Way.values()[random.nextInt(Way.values().length)];
    place = random.nextInt(Mirror.PLACES / Step.KEYS) * Step.KEYS;
    place += random.nextInt(Step.KEYS - SCANNED);
    key = Change.bytes(mirror.key(place));
    range = KeyRange.closedOpen(key, Change.bytes(mirror.key(place + SCANNED)));
    count = 0;
  }

  /// Reads it. Nothing is known of what this found if it throws.
  void look(Db db) {
    switch (way) {
      case GET -> get(db.keyspace(mirror.keyspace(place)));
      case SCAN -> scan(db.keyspace(mirror.keyspace(place)));
      case SNAPSHOT, SCAN_OF_SNAPSHOT -> lookAtSnapshot(db);
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
    int looked = way == Way.GET || way == Way.SNAPSHOT ? 1 : SCANNED;
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
