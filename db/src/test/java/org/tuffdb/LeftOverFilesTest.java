package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;

/// Files that cannot be deleted, as somebody else has them open: the store reports it and goes on,
/// and the next opening tries again.
class LeftOverFilesTest {
  private static final byte[] VALUE = new byte[10_000];

  private final SmallStore store = new SmallStore();
  private final List<Event> events = new ArrayList<>();

  private Db open() {
    return SmallStore.builder(store.faulty)
        .background(store.background)
        .clock(store.clock)
        .listener(events::add)
        .open();
  }

  private static byte[] key(int i) {
    return ("key" + i).getBytes(UTF_8);
  }

  private void failToDelete() {
    store.faulty.failFromNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.DELETE);
  }

  private static void fill(Db db) {
    for (int i = 0; i < 40; i++) {
      db.put(key(i), VALUE);
    }
  }

  private void requireReportedAlone() {
    assertThat(events)
        .hasAtLeastOneElementOfType(Event.HousekeepingFailed.class)
        .noneMatch(event -> event instanceof Event.Failed);
  }

  @Test
  void filesOfTheLogAndTables() throws IOException {
    Db db = open();
    failToDelete();
    for (int round = 0; round < 3; round++) {
      fill(db);
      db.compact(KeyRange.all());
      store.clock.advance(2_000_000_000);
      store.background.runAll();
    }
    db.settle();
    requireReportedAlone();
    assertThat(db.stats().writable()).isTrue();
    db.close();
    int left = store.disk.list(SmallStore.DIRECTORY).size();

    events.clear();
    store.background = new ManualBackground(store.clock);
    try (Db again = open()) {
      store.background.runAll();
      requireReportedAlone();
      assertThat(again.stats().entries()).isEqualTo(40);
    }
    store.faulty.heal();
    try (Db again = store.open()) {
      store.background.runAll();
      assertThat(again.stats().entries()).isEqualTo(40);
      assertThat(store.disk.list(SmallStore.DIRECTORY)).hasSizeLessThan(left / 2);
    }
  }

  /// What an opening finds is deleted in the background, which may not get to it: DbTest failed now
  /// and then on a busy machine.
  @Test
  void filesOfLivesThatTheBackgroundTakesNoPartIn() throws IOException {
    try (Db db = store.open()) {
      db.put(key(1), VALUE);
    }
    for (int i = 0; i < 20; i++) {
      try (Db db = store.open()) {
        assertThat(db.get(key(1))).isEqualTo(VALUE);
      }
    }
    assertThat(store.disk.list(SmallStore.DIRECTORY)).hasSizeLessThan(9);
  }

  /// The new one is current by then.
  @Test
  void theManifestThatWasWrittenAnew() throws IOException {
    try (Db db = store.open()) {
      failToDelete();
      String longName = "\u9f8d".repeat(250);
      for (int i = 0; manifests() == 1; i++) {
        assertThat(i).isLessThan(3_000);
        db.keyspace(longName + i);
        db.dropKeyspace(longName + i);
      }
      assertThat(db.stats().writable()).isTrue();
      db.put(key(1), VALUE);
    }
    try (Db db = store.openAfterPowerCut()) {
      assertThat(db.get(key(1))).isEqualTo(VALUE);
    }
  }

  private long manifests() throws IOException {
    return store.disk.list(SmallStore.DIRECTORY).stream()
        .filter(name -> FileNames.manifestNumber(name).isPresent())
        .count();
  }

  /// A full disk alone refuses a write, and does not end writing.
  @Test
  void aFileOfTheLogThatTheManifestHasNoRoomFor() {
    try (Db db = store.open()) {
      store.faulty.failFromNth(
          Fault.NO_SPACE,
          1,
          call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isManifest(call));
      failToDelete();
      assertThatThrownBy(() -> fill(db)).isInstanceOf(OutOfSpaceException.class);
      assertThat(db.stats().writable()).isTrue();
      store.faulty.heal();
      fill(db);
    }
    try (Db db = store.open()) {
      assertThat(db.get(key(39))).isEqualTo(VALUE);
    }
  }
}
