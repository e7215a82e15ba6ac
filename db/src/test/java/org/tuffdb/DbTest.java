package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.error.StalledException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.MemoryFileSystem;

/// The store as its users meet it.
class DbTest {
  private static final Path DIRECTORY = Path.of("/db");
  private static final byte[] KEY = bytes("key");
  private static final byte[] VALUE = bytes("value");

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private Db db = open();

  private Db open() {
    return Db.builder(DIRECTORY).fileSystem(disk).listener(events::add).open();
  }

  private Db open(Options options) {
    return Db.builder(DIRECTORY).fileSystem(disk).options(options).open();
  }

  @BeforeEach
  void isEmpty() {
    assertThat(db.get(KEY)).isNull();
  }

  @AfterEach
  void leavesNothingOpen() {
    db.close();
    disk.assertNothingOpen();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void keepsWhatWasPut() {
    db.put(KEY, VALUE);
    db.put(bytes("gone"), VALUE);
    db.delete(bytes("gone"));
    db.delete(bytes("never there"));

    db.close();
    db = open();

    assertThat(db.get(KEY)).isEqualTo(VALUE);
    assertThat(db.contains(KEY)).isTrue();
    assertThat(db.get(bytes("gone"))).isNull();
    assertThat(db.contains(bytes("gone"))).isFalse();
  }

  @Test
  void readsIntoABufferOrLends() {
    db.put(KEY, VALUE);
    byte[] large = new byte[8];
    byte[] small = new byte[2];

    assertThat(db.get(KEY, large)).isEqualTo(5);
    assertThat(new String(large, 0, 5, UTF_8)).isEqualTo("value");
    assertThat(db.get(KEY, small)).isEqualTo(5);
    assertThat(small).isEqualTo(bytes("va"));
    assertThat(db.get(bytes("none"), small)).isEqualTo(-1);
    assertThat(db.<Long>get(KEY, value -> value.byteSize())).isEqualTo(5);
    assertThat(db.<Long>get(bytes("none"), value -> value.byteSize())).isNull();
    assertThatThrownBy(() -> db.<Object>get(KEY, value -> value.fill((byte) 0)))
        .as("what is lent cannot be written")
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void appliesABatchInOrderAndOverKeyspaces() {
    Keyspace users = db.keyspace("users");
    Batch batch = new Batch().put(KEY, bytes("first")).put(users, KEY, VALUE).delete(KEY);
    batch.put("orders", KEY, bytes("order")).put(KEY, bytes("last"));

    db.write(batch);
    batch.clear();
    assertThat(batch.isEmpty()).isTrue();
    db.write(batch.delete("users", bytes("none")));

    db.close();
    db = open();
    assertThat(db.keyspaces()).containsExactly("default", "users", "orders");
    assertThat(db.get(KEY)).isEqualTo(bytes("last"));
    assertThat(db.keyspace("users").get(KEY)).isEqualTo(VALUE);
    assertThat(db.keyspace("orders").get(KEY)).isEqualTo(bytes("order"));
    assertThat(db.keyspace("default").get(KEY)).isEqualTo(bytes("last"));
  }

  @Test
  void refusesABatchForAnotherStore() {
    MemoryFileSystem otherDisk = new MemoryFileSystem();
    try (Db other = Db.builder(DIRECTORY).fileSystem(otherDisk).open()) {
      Batch batch = new Batch().put(KEY, VALUE).put(other.keyspace("a"), KEY, VALUE);
      assertThatThrownBy(() -> db.write(batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another store");
    }
    assertThat(db.get(KEY)).isNull();
  }

  @Test
  void aBatchWithNamesMayBeWrittenToSeveralStores() {
    MemoryFileSystem otherDisk = new MemoryFileSystem();
    try (Db other = Db.builder(DIRECTORY).fileSystem(otherDisk).open()) {
      other.keyspace("first of the other");
      Batch batch = new Batch().put("a", KEY, VALUE);
      db.write(batch);
      other.write(batch);
      assertThat(db.keyspace("a").get(KEY)).isEqualTo(VALUE);
      assertThat(other.keyspace("a").get(KEY)).isEqualTo(VALUE);
      assertThat(other.keyspace("first of the other").get(KEY)).isNull();
    }
  }

  @Test
  void refusesWhatIsTooLongBeforeAnythingIsTouched() {
    byte[] longest = new byte[64 << 10];
    db.put(longest, new byte[0]);
    assertThat(db.get(longest)).isEmpty();
    long sequence = db.stats().visibleSequence();

    assertThatThrownBy(() -> db.put(new byte[0], VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 65536");
    assertThatThrownBy(() -> db.put(new byte[(64 << 10) + 1], VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65537");
    assertThatThrownBy(() -> db.put(KEY, new byte[(256 << 20) + 1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("268435456");
    assertThatThrownBy(() -> db.get(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Batch().delete(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> db.keyspace("")).isInstanceOf(IllegalArgumentException.class);
    assertThat(db.stats().visibleSequence()).isEqualTo(sequence);
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without a null checker do
  void refusesNull() {
    List<ThrowingCallable> calls =
        List.of(
            () -> db.put(null, VALUE),
            () -> db.put(KEY, null),
            () -> db.put(KEY, VALUE, null),
            () -> db.get(null),
            () -> db.get(KEY, (byte[]) null),
            () -> db.contains(null),
            () -> db.delete(null),
            () -> db.write(null),
            () -> db.write(new Batch(), null),
            () -> db.writeAsync(null, Durability.SYNC),
            () -> db.scan(null),
            () -> db.keyspace(null),
            () -> new Batch().put(KEY, null),
            () -> new Batch().put((String) null, KEY, VALUE),
            () -> Db.open(null));
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(NullPointerException.class));
    assertThat(db.stats().visibleSequence()).isZero();
  }

  @Test
  void valuesMayBeLargerThanAllTheFilesAndMemtables() {
    byte[] large = new byte[20 << 20];
    large[large.length - 1] = 1;
    Options small = Options.builder().memory(256 << 20).memtable(64 << 10).logFile(4 << 10).build();
    db.close();
    db = open(small);
    db.put(KEY, large);
    db.put(bytes("other"), VALUE, Durability.BUFFERED);
    db.put(KEY, large, Durability.BUFFERED);

    db.close();
    db = open(small);

    assertThat(db.get(KEY)).isEqualTo(large);
    assertThat(db.get(bytes("other"))).isEqualTo(VALUE);
  }

  @Test
  void holdsMoreThanItsMemory() {
    db.close();
    db = open(Options.builder().memory(1 << 20).build());
    byte[] value = new byte[10_000];
    for (int i = 0; i < 1_000; i++) {
      db.put(bytes("key" + i), value);
    }
    assertThat(db.stats().memory().usedBytes()).isLessThanOrEqualTo(1 << 20);
    assertThatThrownBy(() -> db.put(KEY, new byte[2 << 20]))
        .isInstanceOf(StalledException.class)
        .hasMessageContaining("Options.memory");
    assertThat(db.stats().writable()).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(db.get(bytes("key" + i))).isEqualTo(value);
    }

    db.close();
    db = open();
    assertThat(db.get(bytes("key999"))).isEqualTo(value);
  }

  @Test
  void oneDirectoryOneStore() {
    assertThatThrownBy(this::open)
        .isInstanceOf(DbLockedException.class)
        .hasMessageContaining("/db");
    db.close();
    db = open();
  }

  @Test
  void afterCloseEverythingSaysSo() {
    db.put(KEY, VALUE);
    Keyspace keyspace = db.keyspace("users");
    Snapshot snapshot = db.snapshot();
    Cursor cursor = db.scan(KeyRange.all());
    Cursor ofSnapshot = snapshot.scan(KeyRange.all());
    assertThat(cursor.next()).isTrue();

    db.close();
    db.close();

    List<ThrowingCallable> calls =
        List.of(
            () -> db.put(KEY, VALUE),
            () -> db.delete(KEY),
            () -> db.write(new Batch()),
            () -> db.writeAsync(new Batch(), Durability.SYNC),
            () -> db.get(KEY),
            () -> db.get(KEY, new byte[1]),
            () -> db.<Object>get(KEY, value -> value),
            () -> db.contains(KEY),
            () -> db.scan(KeyRange.all()),
            () -> db.snapshot(),
            () -> db.durableSnapshot(),
            () -> db.sync(),
            () -> db.stats(),
            () -> db.keyspace("users"),
            () -> db.keyspaces(),
            () -> keyspace.get(KEY),
            () -> keyspace.put(KEY, VALUE),
            () -> snapshot.get(KEY),
            () -> snapshot.scan(KeyRange.all()),
            () -> cursor.next(),
            () -> cursor.key(),
            () -> ofSnapshot.first());
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(DbClosedException.class));
    ofSnapshot.close();
    cursor.close();
    snapshot.close();
  }

  @Test
  void aClosedSnapshotOrCursorSaysSo() {
    db.put(KEY, VALUE);
    Snapshot snapshot = db.snapshot();
    Cursor ofSnapshot = snapshot.scan(KeyRange.all());
    Cursor cursor = db.scan(KeyRange.all());
    assertThat(db.stats().openCursors()).isEqualTo(2);
    assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
    cursor.close();
    cursor.close();
    snapshot.close();

    assertThatThrownBy(cursor::next).isInstanceOf(DbClosedException.class);
    assertThatThrownBy(ofSnapshot::next).isInstanceOf(DbClosedException.class);
    assertThatThrownBy(() -> snapshot.get(KEY)).isInstanceOf(DbClosedException.class);
    ofSnapshot.close();
    assertThat(db.stats().openCursors()).isZero();
    assertThat(db.stats().openSnapshots()).isZero();
  }

  @Test
  void reportsWhatWasNeverClosedWithThePlaceThatOpenedIt() throws InterruptedException {
    forgetASnapshotAndACursor();
    int found = 0;
    while (found < 2) {
      System.gc();
      Event event = events.poll(100, TimeUnit.MILLISECONDS);
      if (event instanceof Event.LeakFound leak) {
        found++;
        assertThat(Objects.requireNonNull(leak.openedAt()).getStackTrace())
            .anySatisfy(
                frame -> assertThat(frame.getMethodName()).isEqualTo("forgetASnapshotAndACursor"));
      }
    }
    assertThat(db.stats().openSnapshots()).isZero();
    assertThat(db.stats().openCursors()).isZero();
  }

  private void forgetASnapshotAndACursor() {
    assertThat(db.snapshot().sequence()).isZero();
    assertThat(db.scan(KeyRange.all()).next()).isFalse();
  }

  @Test
  void aSnapshotIsAMomentOfAllKeyspaces() {
    Keyspace users = db.keyspace("users");
    db.write(new Batch().put(KEY, VALUE).put(users, KEY, VALUE));
    try (Snapshot snapshot = db.snapshot()) {
      db.write(new Batch().delete(KEY).put(users, KEY, bytes("new")).put("later", KEY, VALUE));

      assertThat(snapshot.get(KEY)).isEqualTo(VALUE);
      assertThat(snapshot.keyspace("users").get(KEY)).isEqualTo(VALUE);
      assertThat(snapshot.keyspace("later").get(KEY)).isNull();
      assertThatThrownBy(() -> snapshot.keyspace("none"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(db.get(KEY)).isNull();
  }

  @Test
  void aListenerThatThrowsHarmsNothing() {
    db.close();
    db =
        Db.builder(DIRECTORY)
            .fileSystem(disk)
            .listener(event -> {
              throw new IllegalStateException("listener");
            })
            .open();
    db.put(KEY, VALUE);
    assertThat(db.get(KEY)).isEqualTo(VALUE);
  }

  @Test
  void aStoreThatIsOnlyReadLeavesNoMoreFiles() throws Exception {
    db.put(KEY, VALUE);
    for (int i = 0; i < 5; i++) {
      db.close();
      db = open();
      assertThat(db.get(KEY)).isEqualTo(VALUE);
    }
    db.close();
    assertThat(disk.list(DIRECTORY)).hasSizeLessThan(9);
    db = open();
  }

  @Test
  void manyShortLivesLeaveFewFiles() throws Exception {
    for (int i = 0; i < 60; i++) {
      db.put(bytes("key" + i), VALUE);
      db.close();
      assertThat(disk.list(DIRECTORY)).hasSizeLessThan(25);
      db = open();
    }
    for (int i = 0; i < 60; i++) {
      assertThat(db.get(bytes("key" + i))).isEqualTo(VALUE);
    }
  }
}
