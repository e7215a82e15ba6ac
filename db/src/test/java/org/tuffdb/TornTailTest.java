package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.log.Log;

/// What a crash cut short is taken off the log, and kept for whoever wants to look at it.
class TornTailTest {
  private static final int PAYLOAD_BYTES = 5 << 18;

  private final List<Event> events = new ArrayList<>();
  private final HandmadeStore store;
  private final Path log;
  private final Path copy;
  private final byte[] torn;

  /// Its log ends in a record of more than a megabyte, in a file of its own, that is torn.
  TornTailTest() throws IOException {
    store = new HandmadeStore();
    store.putSynced(1);
    byte[] payload = new byte[PAYLOAD_BYTES];
    new SplittableRandom(1).nextBytes(payload);
    assertThat(store.add(2, payload)).isEqualTo(HandmadeStore.FIRST);
    log = store.file();
    copy = FileNames.torn(HandmadeStore.DIRECTORY, store.number());
    store.damage(log, HandmadeStore.FIRST);
    int end = (int) (HandmadeStore.FIRST + Log.recordBytes(PAYLOAD_BYTES));
    torn = Arrays.copyOfRange(HandmadeStore.read(store.disk, log), (int) HandmadeStore.FIRST, end);
  }

  private void requireCopy(SmallStore left) throws IOException {
    assertThat(HandmadeStore.read(left.disk, copy)).isEqualTo(torn);
  }

  @Test
  void itsBytesAreKept() throws IOException {
    SmallStore left = store.killed();
    try (Db db = left.open(events::add)) {
      requireCopy(left);
      assertThat(events)
          .containsOnlyOnce(new Event.TornTailFound(log, HandmadeStore.FIRST, torn.length, copy));
      assertThat(db.stats().visibleSequence()).isEqualTo(1);
      assertThat(db.get(HandmadeStore.bytes("key1"))).isEqualTo(HandmadeStore.value("key1"));
    }
  }

  @Test
  void itIsFoundOnce() {
    SmallStore left = store.killed();
    left.open(events::add).close();
    events.clear();
    left.open(events::add).close();
    assertThat(events).noneMatch(event -> event instanceof Event.TornTailFound);
  }

  /// An opening that failed may have left a part of the copy.
  @Test
  void aCopyOfAnotherOpeningIsReplaced() throws IOException {
    SmallStore left = store.killed();
    HandmadeStore.create(left.disk, copy, 2 * torn.length);
    left.open(events::add).close();
    requireCopy(left);
  }

  @Test
  void theStoreIsOpenedThoughTheyCannotBeKept() throws IOException {
    SmallStore left = store.killed();
    left.faulty.failFromNth(
        Fault.SHORT_WRITE,
        1,
        call -> call.kind() == FileCall.Kind.WRITE && call.path().equals(copy));
    try (Db db = left.open(events::add)) {
      assertThat(left.disk.exists(copy)).isFalse();
      assertThat(events)
          .hasAtLeastOneElementOfType(Event.HousekeepingFailed.class)
          .hasAtLeastOneElementOfType(Event.TornTailFound.class);
      assertThat(db.get(HandmadeStore.bytes("key1"))).isEqualTo(HandmadeStore.value("key1"));
    }
  }

  @Test
  void theNextOpeningCopiesAnew() throws IOException {
    SmallStore left = store.killed();
    left.faulty.failFromNth(
        Fault.NO_SPACE,
        1,
        call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isManifest(call));
    assertThatThrownBy(() -> left.open(events::add)).isInstanceOf(OutOfSpaceException.class);
    left.faulty.heal();
    left.open(events::add).close();
    requireCopy(left);
  }
}
