package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

/// Memory runs out where views come and go: what they hold is counted right all the same.
class LifetimesTest {
  private static final byte[] KEY = "key".getBytes(UTF_8);
  private static final byte[] VALUE = "value".getBytes(UTF_8);

  private final SmallStore store = new SmallStore();
  private final Db db = store.open();
  private final Keyspace keyspace = db.keyspace("default");
  private final ScarceMap views = new ScarceMap();

  @BeforeEach
  void countInAMapThatCanFail() {
    Lifetimes lifetimes = Inside.get(db, "lifetimes", Lifetimes.class);
    views.putAll(Inside.get(lifetimes, "viewsOf", IdentityHashMap.class));
    Inside.set(lifetimes, "viewsOf", views);
  }

  @AfterEach
  void nothingIsHeldByAStoreThatIsClosed() {
    db.close();
    assertThat(views).isEmpty();
    assertThat(memtablesBytes()).isZero();
  }

  private static final class ScarceMap extends IdentityHashMap<Object, Object> {
    private static final long serialVersionUID = 1;
    private int puts = Integer.MAX_VALUE;
    private int failures;

    /// Lets some be put, and then as many fail.
    void fail(int after, int times) {
      puts = after;
      failures = times;
    }

    @Override
    public Object put(Object key, Object value) {
      if (--puts < 0 && --failures >= 0) {
        throw new OutOfMemoryError("injected");
      }
      return super.put(key, value);
    }
  }

  private long memtablesBytes() {
    Keyspaces keyspaces = Inside.get(db, "keyspaces", Keyspaces.class);
    return Inside.get(keyspaces, "memoryBytes", AtomicLong.class).get();
  }

  @Test
  void toLetGoTakesNoMemory() {
    db.put(KEY, VALUE);
    View held = keyspace.pinView();
    db.flush();
    assertThat(memtablesBytes()).isPositive();
    views.fail(0, Integer.MAX_VALUE);
    held.unpin();
    assertThat(memtablesBytes()).isZero();
    views.fail(Integer.MAX_VALUE, 0);
  }

  @Test
  void aViewThatCannotBeHeldHoldsNothing() {
    db.put(KEY, VALUE);
    int before = views.size();
    SegmentPool pool = new SegmentPool(0);
    Memtable one = new Memtable(pool, Memtable.FIRST_BYTES, 1);
    Memtable another = new Memtable(pool, Memtable.FIRST_BYTES, 1);
    views.fail(1, 1);
    assertThatThrownBy(
            () -> keyspace.change(view -> view.withActive(one).withActive(another), false))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(views).hasSize(before);
    db.put(KEY, VALUE);
  }

  /// The next try finds some.
  @Test
  void aMemtableThatIsNotBegunTakesNoMemory() {
    views.fail(0, 1);
    db.put(KEY, VALUE);
    assertThat(views.failures).isNotPositive();
    Memtable active = Objects.requireNonNull(keyspace.view().active());
    assertThat(memtablesBytes()).isEqualTo(active.reservedBytes());
    assertThat(db.get(KEY)).isEqualTo(VALUE);
  }
}
