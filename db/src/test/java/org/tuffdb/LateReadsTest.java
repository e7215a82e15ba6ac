package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.table.BlockCache;

/// Reads whose ground goes away under them.
class LateReadsTest {
  private static final byte[] KEY = bytes("key");
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();
  private final Db db = open();

  /// A store that reads its tables anew each time.
  private Db open() {
    return SmallStore.builder(store.faulty)
        .options(Options.builder().memory(1 << 20).block(64).reading(Reading.CACHED).build())
        .background(store.background)
        .clock(store.clock)
        .open();
  }

  @AfterEach
  void leavesNothingOpen() {
    db.close();
    store.disk.assertNothingOpen();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static boolean isReadOfTable(FileCall call) {
    return call.kind() == FileCall.Kind.READ && SmallStore.isTable(call);
  }

  /// It has given up the memtable that it stood in, and the memory may be somebody else's.
  @Test
  void aCursorThatLosesItsPlaceStandsOnNoKey() {
    db.put(KEY, VALUE);
    db.put(bytes("other"), VALUE);
    try (Cursor cursor = db.scan(KeyRange.all())) {
      assertThat(cursor.next()).isTrue();
      db.flush();
      store.faulty.failFromNth(Fault.IO_ERROR, 1, LateReadsTest::isReadOfTable);
      assertThatThrownBy(cursor::next).isInstanceOf(DbException.class);
      List<ThrowingCallable> uses =
          List.of(cursor::key, cursor::value, cursor::keySegment, cursor::valueSegment);
      assertThat(uses)
          .allSatisfy(use ->
              assertThatThrownBy(use)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("stands on no key"));

      store.faulty.heal();
      assertThat(cursor.seek(KEY)).isTrue();
      assertThat(cursor.key()).isEqualTo(KEY);
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.key()).isEqualTo(bytes("other"));
    }
  }

  /// A step on from where a move failed could leave out keys, or show what was deleted.
  @Test
  void aCursorWhoseMoveFailedGoesOnByASeekAlone() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      db.put(key(i), VALUE);
    }
    db.flush();
    for (int i = 0; i < 20; i++) {
      if (i % 3 == 0) {
        db.delete(key(i));
      } else {
        expected.add(new String(key(i), UTF_8));
      }
    }
    db.flush();
    Inside.get(db, "cache", BlockCache.class).resize(0);
    for (KeyRange range : List.of(KeyRange.all(), KeyRange.all().reversed())) {
      int failed = 0;
      while (walkWhereReadFails(range, failed + 1, expected)) {
        failed++;
      }
      assertThat(failed).isGreaterThan(20);
      Collections.reverse(expected);
    }
  }

  private static byte[] key(int number) {
    return bytes("key%03d".formatted(number));
  }

  /// Walks over the range, where the `nth` read of a table fails, and returns whether one did.
  private boolean walkWhereReadFails(KeyRange range, int nth, List<String> expected) {
    long before = store.faulty.faults();
    store.faulty.failNth(Fault.IO_ERROR, nth, LateReadsTest::isReadOfTable);
    List<String> seen = new ArrayList<>();
    try (Cursor cursor = db.scan(range)) {
      try {
        walk(cursor, seen);
      } catch (DbException failed) {
        List<ThrowingCallable> uses =
            List.of(cursor::key, cursor::value, cursor::next, cursor::previous, cursor::next);
        assertThat(uses)
            .allSatisfy(use -> assertThatThrownBy(use).isInstanceOf(IllegalStateException.class));
        assertThat(cursor.seek(bytes(expected.get(seen.size())))).isTrue();
        seen.add(new String(cursor.key(), UTF_8));
        walk(cursor, seen);
      }
    }
    store.faulty.heal();
    assertThat(seen).as("read %d failed", nth).isEqualTo(expected);
    return store.faulty.faults() > before;
  }

  private static void walk(Cursor cursor, List<String> seen) {
    while (cursor.next()) {
      seen.add(new String(cursor.key(), UTF_8));
    }
  }

  /// Once it is closed the versions that it sees may go, and what a read finds is anybody's guess.
  @Test
  void aReadThatASnapshotIsClosedUnderSaysSo() {
    byte[] large = new byte[5_000];
    db.put(KEY, large);
    db.flush();
    List<Function<Queryable, Object>> reads =
        List.of(
            from -> from.get(KEY),
            from -> from.contains(KEY),
            from -> from.get(KEY, new byte[10]),
            from -> from.<Long>get(KEY, value -> value.byteSize()));
    for (Function<Queryable, Object> read : reads) {
      for (boolean ofKeyspace : new boolean[] {false, true}) {
        Snapshot snapshot = db.snapshot();
        Queryable from = ofKeyspace ? snapshot.keyspace("default") : snapshot;
        store.faulty.listen(call -> {
          if (isReadOfTable(call)) {
            snapshot.close();
          }
        });
        assertThatThrownBy(() -> read.apply(from))
            .as("read %d, of a keyspace: %s", reads.indexOf(read), ofKeyspace)
            .isInstanceOf(DbClosedException.class)
            .hasMessageContaining("snapshot");
        store.faulty.listen(null);
      }
    }
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aScanThatASnapshotIsClosedUnderDoesNotBegin() throws Exception {
    Snapshot snapshot = db.snapshot();
    FutureTask<Cursor> scan = new FutureTask<>(() -> snapshot.scan(KeyRange.all()));
    Thread scanning = Thread.ofPlatform().unstarted(scan);
    synchronized (db.snapshots()) {
      scanning.start();
      while (scanning.getState() != Thread.State.BLOCKED) {
        Thread.onSpinWait();
      }
      snapshot.close();
    }
    assertThatThrownBy(scan::get).hasCauseInstanceOf(DbClosedException.class);
    assertThat(db.stats().openCursors()).isZero();
  }
}
