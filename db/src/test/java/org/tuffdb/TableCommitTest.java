package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.ReadOnlyException;
import org.tuffdb.fs.FileCall;
import org.tuffdb.table.BlockCache;

/// What goes wrong in a flush or a compaction after the manifest has its tables: their files stay,
/// as those that they replace are given up.
class TableCommitTest {
  private static final int KEYS = 100;

  private final SmallStore store = new SmallStore();
  private final Db db = store.open();

  private void fill(int round) {
    for (int i = 0; i < KEYS; i++) {
      db.put(key(i), value(round));
    }
  }

  private static byte[] key(int i) {
    return ("key" + i).getBytes(UTF_8);
  }

  private static byte[] value(int round) {
    return ("value" + round).getBytes(UTF_8);
  }

  private static void requireAll(Db from, int round) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(from.get(key(i))).isEqualTo(value(round));
    }
  }

  @Test
  void aFlushThatReadersCannotSeeEndsWriting() {
    fill(1);
    failWhenTablesAreShown();
    assertThatThrownBy(db::flush).isInstanceOf(ReadOnlyException.class);
    requireAll(db, 1);
    reopen(1);
  }

  @Test
  void aCompactionThatReadersCannotSeeEndsWriting() {
    fill(1);
    db.flush();
    fill(2);
    db.flush();
    failWhenTablesAreShown();
    assertThatThrownBy(() -> db.compact(KeyRange.all())).isInstanceOf(ReadOnlyException.class);
    requireAll(db, 2);
    reopen(2);
  }

  /// Memory runs out when the next view is made.
  private void failWhenTablesAreShown() {
    Inside.set(Inside.get(db, "lifetimes", Lifetimes.class), "openOf", new NoMemory());
  }

  private static final class NoMemory extends HashMap<Long, Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer merge(
        Long key,
        Integer value,
        BiFunction<? super Integer, ? super Integer, ? extends Integer> f) {
      throw new OutOfMemoryError("injected");
    }
  }

  @Test
  void aFlushStandsThoughTheStoreCannotAdaptToIt() {
    fill(1);
    failToAdaptAfter(db::flush);
    requireAll(db, 1);
    assertThat(db.stats().writable()).isTrue();
    reopen(1);
  }

  @Test
  void aCompactionStandsThoughTheStoreCannotAdaptToIt() {
    fill(1);
    db.flush();
    fill(2);
    db.flush();
    failToAdaptAfter(() -> db.compact(KeyRange.all()));
    assertThat(db.stats().keyspaces().getFirst().levels().getFirst().tables()).isEmpty();
    requireAll(db, 2);
    assertThat(db.stats().writable()).isTrue();
    reopen(2);
  }

  /// After the tables were written, and before the manifest learns of them, the cache is taken
  /// away; its turn comes when they are shown.
  private void failToAdaptAfter(Runnable action) {
    Tables tables = Inside.get(db, "tables", Tables.class);
    BlockCache cache = Inside.get(tables, "cache", BlockCache.class);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.SYNC_DIRECTORY) {
        Inside.set(tables, "cache", null);
      }
    });
    action.run();
    assertThat(Inside.isNull(tables, "cache")).isTrue();
    store.faulty.listen(null);
    Inside.set(tables, "cache", cache);
  }

  private void reopen(int round) {
    db.close();
    try (Db again = store.open()) {
      requireAll(again, round);
      again.put(key(0), value(round));
    }
    try (Db again = store.openAfterPowerCut()) {
      requireAll(again, round);
    }
  }
}
