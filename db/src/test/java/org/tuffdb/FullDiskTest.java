package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.MemoryFileSystem;

/// The disk is full for a while. What was refused is as if it had never been tried: the store goes
/// on when there is room, and can be opened again.
class FullDiskTest {
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// A sync that fails is another matter, even for want of space.
  private static boolean writesToTheManifest(FileCall call) {
    boolean writes = call.kind() == FileCall.Kind.WRITE || call.kind() == FileCall.Kind.STORE;
    return writes && SmallStore.isManifest(call);
  }

  /// A file that the manifest knows and the log skips would be taken for a loss.
  @Test
  void aPreparedFileThatIsTooSmallIsGivenBackOrStays() {
    Db db = store.open();
    store.background.runAll();
    byte[] largerThanAFile = new byte[200_000];
    store.faulty.failFromNth(Fault.NO_SPACE, 1, FullDiskTest::writesToTheManifest);
    assertThatThrownBy(() -> db.put(bytes("large"), largerThanAFile))
        .isInstanceOf(OutOfSpaceException.class);

    store.faulty.heal();
    db.put(bytes("large"), largerThanAFile);
    db.put(bytes("after"), VALUE);
    assertThat(db.stats().writable()).isTrue();
    db.close();

    try (Db again = store.open()) {
      assertThat(again.get(bytes("large"))).isEqualTo(largerThanAFile);
      assertThat(again.get(bytes("after"))).isEqualTo(VALUE);
    }
  }

  /// Wherever in the manifest the room ends, in an edit or in the mark behind it.
  @Test
  void theManifestMayEndAnywhere() {
    int refusals = 0;
    for (long room = 500; room < 1_000; room += 8) {
      refusals += refusalWithRoomInTheManifest(room) ? 1 : 0;
    }
    assertThat(refusals).isPositive();
  }

  private static boolean refusalWithRoomInTheManifest(long room) {
    SmallStore full = new SmallStore();
    Db db = full.open();
    full.faulty.failFromNth(
        Fault.NO_SPACE,
        1,
        call -> writesToTheManifest(call) && call.position() + call.length() > room);
    boolean refused = false;
    int created = 0;
    try {
      for (; created < 20; created++) {
        db.keyspace("k" + created);
      }
    } catch (OutOfSpaceException asItShould) {
      refused = true;
    }
    full.faulty.heal();
    db.keyspace("k" + created).put(bytes("key"), VALUE);
    assertThat(db.stats().writable()).as("with room for %d bytes", room).isTrue();
    db.close();

    try (Db again = full.open()) {
      assertThat(again.keyspaces()).as("with room for %d bytes", room).hasSize(created + 2);
      assertThat(again.keyspace("k" + created).get(bytes("key"))).isEqualTo(VALUE);
    }
    return refused;
  }

  /// Each try copies the log: what a failed one leaves would fill the disk for good.
  @Test
  void openingsThatFailLeaveNoFiles() throws IOException {
    Db killed = store.open();
    for (int i = 0; i < 20; i++) {
      killed.put(bytes("key" + i), new byte[40_000]);
    }
    MemoryFileSystem left = store.disk.restart();
    SmallStore full = new SmallStore(left);
    List<String> before = left.list(SmallStore.DIRECTORY);

    for (int i = 1; i <= 5; i++) {
      full.faulty.failNth(
          Fault.NO_SPACE, i, call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isLog(call));
      assertThatThrownBy(full::open).isInstanceOf(OutOfSpaceException.class);
      full.faulty.heal();
      assertThat(left.list(SmallStore.DIRECTORY)).isEqualTo(before);
    }
    assertThat(full.faulty.faults()).isEqualTo(5);
    left.assertNothingOpen();

    try (Db db = full.open()) {
      assertThat(db.stats().entries()).isEqualTo(20);
    }
  }
}
