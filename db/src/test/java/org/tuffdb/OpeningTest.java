package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.WrappedBackground;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// What an opening makes of a log that is whole: what goes into memory, which files stay, and where
/// the store goes on.
class OpeningTest {
  private static final Path DIRECTORY = HandmadeStore.DIRECTORY;

  private final List<Event> events = new ArrayList<>();
  private final HandmadeStore store;

  OpeningTest() throws IOException {
    store = new HandmadeStore();
  }

  private Event.Opened opened() {
    return events.stream()
        .filter(Event.Opened.class::isInstance)
        .map(Event.Opened.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static List<Version.LogFile> logs(FileSystem files) throws IOException {
    Manifest.Recovered found = Manifest.read(files, DIRECTORY);
    return Objects.requireNonNull(found, "it was opened").version().logs();
  }

  private static void requireKeys(Db db, int from, int to) {
    for (int i = from; i <= to; i++) {
      String key = "key" + i;
      assertThat(db.get(HandmadeStore.bytes(key))).isEqualTo(HandmadeStore.value(key));
    }
  }

  @Test
  void itIsToldOfWithWhatItTook() throws IOException {
    store.putSynced(1, 2, 3);
    SmallStore left = store.killed();
    left.clock.advance(1_000);
    left.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.RENAME
          && call.path().endsWith(FileNames.CURRENT_TEMPORARY)) {
        left.clock.advance(5);
      }
    });
    try (Db db = left.open(events::add)) {
      assertThat(events).containsOnlyOnce(new Event.Opened(DIRECTORY, 3, 0, 5));
      requireKeys(db, 1, 3);
    }
  }

  @Test
  void whatIsInTablesIsNotReplayed() throws IOException {
    store.putSynced(1, 2, 3);
    store.manifest.commit(new Edit.Flushed(0, 2));
    try (Db db = store.killed().open(events::add)) {
      assertThat(opened().entries()).isEqualTo(1);
      assertThat(db.stats().keyspaces().getFirst().memtableEntries()).isEqualTo(1);
      assertThat(db.stats().visibleSequence()).isEqualTo(3);
    }
  }

  @Test
  void whatBelongsToADroppedKeyspaceIsPassedOver() throws IOException {
    store.manifest.commit(new Edit.NextKeyspace(2));
    store.add(1, HandmadeStore.batch(1, "gone"));
    store.put(2);
    SmallStore left = store.killed();
    try (Db db = left.open(events::add)) {
      assertThat(opened().entries()).isEqualTo(1);
      assertThat(db.stats().visibleSequence()).isEqualTo(2);
      requireKeys(db, 2, 2);
    }
  }

  /// Whatever kind of file has it: numbers are given out once.
  @Test
  void numbersGoOnBehindTheHighestOfTheDirectory() throws IOException {
    for (String name : List.of("000100.log", "000100.table", "MANIFEST-000100", "000100.torn")) {
      SmallStore left = store.killed();
      HandmadeStore.create(left.disk, DIRECTORY.resolve(name), 1);
      try (Db db = left.open()) {
        assertThat(logs(left.disk).getLast().number()).as(name).isEqualTo(101);
        assertThat(db.stats().logFiles()).isEqualTo(1);
      }
    }
  }

  /// Files whose entries are all in tables go, the others stay as they are, and the log goes on in
  /// a new one.
  @Test
  void filesOfTheLogThatAreNeededStay() throws IOException {
    store.putSynced(1);
    Path first = store.file();
    store.roll(2);
    store.putSynced(2);
    long second = store.number();
    long end = store.log.endOffset();
    store.manifest.commit(new Edit.Flushed(0, 1));
    SmallStore left = store.killed();
    try (Db db = left.open(events::add)) {
      assertThat(db.stats().logFiles()).isEqualTo(2);
      assertThat(logs(left.disk)).startsWith(new Version.LogFile(second, end)).hasSize(2);
      left.background.runAll();
      assertThat(left.disk.exists(first)).isFalse();
      assertThat(left.disk.exists(FileNames.log(DIRECTORY, second))).isTrue();
      SmallStore killedAgain = new SmallStore(left.disk.restart());
      try (Db again = killedAgain.open()) {
        requireKeys(again, 2, 2);
      }
    }
  }

  @Test
  void aLogThatNobodyNeedsEndsWhereTheNextOneBegins() throws IOException {
    store.putSynced(1, 2, 3);
    store.manifest.commit(new Edit.Flushed(0, 3));
    SmallStore left = store.killed();
    try (Db db = left.open(events::add)) {
      assertThat(db.stats().logFiles()).isEqualTo(1);
      db.put(HandmadeStore.bytes("key4"), HandmadeStore.value("key4"));
    }
    try (Db again = left.open()) {
      requireKeys(again, 4, 4);
    }
  }

  /// What a record vouches for is on the disk. The rest of it may be in the operating system's
  /// cache alone.
  @Test
  void onlyWhatNobodyVouchesForIsCopied() throws IOException {
    store.putSynced(1);
    store.roll(2);
    store.putSynced(2);
    store.put(3);
    SmallStore left = store.killed();
    List<Path> copies = new ArrayList<>();
    left.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.CREATE
          && FileNames.isCopy(call.path().getFileName().toString())) {
        copies.add(call.path());
      }
    });
    left.open().close();
    assertThat(copies).containsExactly(FileNames.copy(store.file()));
  }

  /// A crash may have left it there.
  @Test
  void aCopyThatWasLeftBehindIsDeleted() throws IOException {
    store.putSynced(1);
    SmallStore left = store.killed();
    Path copy = FileNames.copy(FileNames.log(DIRECTORY, 99));
    left.disk.create(copy).close();
    left.open().close();
    assertThat(left.disk.exists(copy)).isFalse();
  }

  @Test
  void nothingIsLeftOfACopyForWhichTheDiskHasNoRoom() throws IOException {
    store.putSynced(1);
    store.put(2);
    SmallStore left = store.killed();
    left.faulty.failNth(
        Fault.NO_SPACE,
        1,
        call ->
            call.kind() == FileCall.Kind.WRITE
                && FileNames.isCopy(call.path().getFileName().toString()));
    assertThatThrownBy(left::open).isInstanceOf(OutOfSpaceException.class);
    assertThat(left.disk.list(DIRECTORY)).noneMatch(FileNames::isCopy);
    try (Db db = left.open()) {
      requireKeys(db, 1, 2);
    }
  }

  /// What one memtable needs does not keep the files that another one needed.
  @Test
  void aFileThatWasReplayedIsDroppedAsSoonAsNobodyNeedsIt() throws IOException {
    store.manifest.commit(new Edit.KeyspaceAdded(1, "other"));
    store.putSynced(1);
    long first = store.number();
    store.roll(2);
    store.add(2, HandmadeStore.batch(1, "other"));
    SmallStore left = store.killed();
    try (Db db = left.open(events::add)) {
      assertThat(db.stats().logFiles()).isEqualTo(3);
      Inside.get(db, "maintenance", Maintenance.class).freezeAll();
      while (db.stats().keyspaces().getFirst().memtables() > 0) {
        assertThat(left.background.runOne()).isTrue();
      }
      assertThat(db.stats().keyspaces().getLast().memtables()).isEqualTo(1);
      assertThat(logs(left.disk))
          .extracting(Version.LogFile::number)
          .contains(store.number())
          .doesNotContain(first);
    }
  }

  /// The writes to come fill the current file, which begins behind all that was replayed.
  @Test
  void theLogGoesOnBehindWhatWasReplayed() throws IOException {
    store.putSynced(1, 2);
    try (Db db = store.killed().open(events::add)) {
      LogSegment current = Inside.get(db, "pipeline", CommitPipeline.class).logSegment();
      assertThat(current.firstSequence()).isEqualTo(3);
    }
  }

  /// Which kinds of work an opening asks for.
  private record Lanes(ManualBackground tasks, Set<Background.Lane> asked)
      implements WrappedBackground {
    @Override
    public void executeAfter(Lane lane, long delayNanos, Runnable task) {
      asked.add(lane);
      tasks.executeAfter(lane, delayNanos, task);
    }
  }

  /// Whether memory for a memtable of that size is made ready meanwhile.
  private boolean preparesMemory(long memtableBytes) {
    SmallStore left = store.killed();
    Lanes lanes = new Lanes(left.background, EnumSet.noneOf(Background.Lane.class));
    Options options = Options.builder().memory(64 << 20).memtable(memtableBytes).build();
    SmallStore.builder(left.disk).options(options).background(lanes).open().close();
    return lanes.asked().contains(Background.Lane.MEMORY);
  }

  @Test
  void memoryIsPreparedForALogThatFillsAMemtable() throws IOException {
    store.putSynced(1);
    long bytes = store.log.segment().sizeBytes();
    assertThat(preparesMemory(bytes)).isTrue();
    assertThat(preparesMemory(bytes + 1)).isFalse();
  }

  /// Of a file that is known to be whole, it is known how much is in it.
  @Test
  void memoryIsPreparedForAllThatIsInTheLog() throws IOException {
    store.add(1, HandmadeStore.batch(0, "x".repeat(30_000)));
    store.roll(2);
    store.put(2);
    store.files.end(store.log.segment(), store.log.seal());
    long bytes =
        store.manifest.version().logs().stream().mapToLong(Version.LogFile::wholeBytes).sum();
    assertThat(bytes).isBetween(60_000L, 64_000L);
    assertThat(preparesMemory(bytes)).isTrue();
    assertThat(preparesMemory(bytes + 1)).isFalse();
  }

  /// Few large memtables are read faster later than many small ones.
  @Test
  void whatIsReplayedGoesIntoOneMemtableIfItFits() {
    Options large = Options.builder().memory(1 << 30).memtable(64 << 20).build();
    SmallStore left = new SmallStore();
    Db killed = SmallStore.builder(left.disk).options(large).background(left.background).open();
    for (int i = 0; i < 200; i++) {
      killed.put(HandmadeStore.bytes("key" + i), new byte[100_000], Durability.BUFFERED);
    }
    SmallStore again = new SmallStore(left.disk.restart());
    try (Db db =
        SmallStore.builder(again.disk).options(large).background(again.background).open()) {
      assertThat(db.stats().keyspaces().getFirst().memtableEntries()).isEqualTo(200);
      assertThat(db.stats().keyspaces().getFirst().memtables()).isEqualTo(1);
    }
  }
}
