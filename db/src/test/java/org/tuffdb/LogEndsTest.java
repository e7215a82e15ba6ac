package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Version;

/// What becomes of a file of the log that is whole: it is closed, noted, and dropped when nobody
/// needs it.
class LogEndsTest {
  private static final long NEVER = Long.MAX_VALUE;

  private final HandmadeStore store;
  private final LogSegment first;
  private final long firstEnd;
  private final LogSegment second;
  private final long secondEnd;

  /// Its log is in the third file, and the first two wait to be noted.
  LogEndsTest() throws IOException {
    store = new HandmadeStore();
    first = store.log.segment();
    firstEnd = leave(1, 10);
    second = store.log.segment();
    secondEnd = leave(10, 20);
    store.put(20);
  }

  private long leave(long sequence, long nextSequence) throws IOException {
    store.put(sequence);
    long end = store.log.endOffset() + HandmadeStore.EMPTY_RECORD;
    store.roll(nextSequence);
    return end;
  }

  /// Others wait for it.
  @AfterEach
  void nobodyHoldsTheLock() {
    assertThat(Inside.get(store.files, "preparing", ReentrantLock.class).isLocked()).isFalse();
  }

  private boolean isOpen(Path file) {
    return store.disk.openFiles().stream().anyMatch(open -> open.contains(file.toString()));
  }

  private List<Version.LogFile> known() {
    return store.manifest.version().logs();
  }

  private void failInTheManifest(Fault fault) {
    store.faulty.failFromNth(
        fault, 1, call -> call.kind() == FileCall.Kind.WRITE && SmallStore.isManifest(call));
  }

  private List<Edit> dropBefore(long number) {
    return store.files.dropBefore(number, store.log.segment());
  }

  private void requireReported(int times) {
    assertThat(store.events).hasSize(times).hasOnlyElementsOfType(Event.HousekeepingFailed.class);
  }

  private void requireBothNoted() {
    assertThat(known())
        .startsWith(
            new Version.LogFile(first.number(), firstEnd),
            new Version.LogFile(second.number(), secondEnd));
    assertThat(store.files.wholeCount()).isEqualTo(2);
  }

  @Test
  void filesThatAreWholeAreClosedAndNotedInTheBackground() {
    assertThat(store.files.wholeCount()).isZero();
    assertThat(isOpen(first.path())).isTrue();
    store.background.runAll();
    requireBothNoted();
    assertThat(isOpen(first.path())).isFalse();
    assertThat(isOpen(second.path())).isFalse();
    assertThat(store.events)
        .contains(
            new Event.LogEnded(first.path(), firstEnd),
            new Event.LogEnded(second.path(), secondEnd));
  }

  @Test
  void whatTheManifestHasNoRoomForIsReportedAndNotedLater() {
    failInTheManifest(Fault.NO_SPACE);
    store.events.clear();
    assertThat(dropBefore(NEVER)).isEmpty();
    assertThat(store.files.wholeCount()).isZero();
    requireReported(1);
    assertThat(store.failure.isLatched()).isFalse();

    store.faulty.heal();
    assertThat(dropBefore(0)).isEmpty();
    requireBothNoted();
  }

  /// What the manifest says is unknown then.
  @Test
  void aManifestThatFailsEndsWriting() {
    failInTheManifest(Fault.IO_ERROR);
    assertThat(dropBefore(NEVER)).isEmpty();
    assertThat(store.failure.isLatched()).isTrue();
    assertThat(isOpen(second.path())).as("is closed all the same").isFalse();
    assertThat(store.events).noneMatch(event -> event instanceof Event.LogEnded);
  }

  @Test
  void aStoreThatStoppedWritingNotesNothing() {
    store.failure.latch(new IOException("broken"));
    store.background.runAll();
    assertThat(store.files.wholeCount()).isZero();
    assertThat(isOpen(first.path())).isFalse();
    assertThat(store.events).noneMatch(event -> event instanceof Event.LogEnded);
  }

  @Test
  void whereTheBackgroundRefusesTheNextFlushNotesIt() throws IOException {
    store.background.runAll();
    Inside.set(store.files, "background", new NoBackground());
    LogSegment third = store.log.segment();
    store.events.clear();
    store.roll(30);
    requireReported(2); // the next file is to be prepared, and the last one to be noted
    assertThat(store.files.wholeCount()).isEqualTo(2);
    assertThat(dropBefore(third.number()))
        .containsExactly(
            new Edit.LogDropped(first.number()),
            new Edit.LogDropped(second.number()),
            new Edit.ReplayFrom(20));
    assertThat(store.files.wholeCount()).isEqualTo(3);
  }

  @Test
  void filesThatNobodyNeedsAreDroppedUpToTheCurrentOne() {
    List<Edit> all =
        List.of(
            new Edit.LogDropped(first.number()),
            new Edit.LogDropped(second.number()),
            new Edit.ReplayFrom(20));
    assertThat(dropBefore(NEVER)).isEqualTo(all);
    assertThat(dropBefore(store.number())).isEqualTo(all);
  }

  @Test
  void filesFromTheOneThatIsNeededStay() {
    assertThat(dropBefore(second.number()))
        .containsExactly(new Edit.LogDropped(first.number()), new Edit.ReplayFrom(10));
    assertThat(dropBefore(first.number())).isEmpty();
  }

  /// Else the log would begin with an entry that nobody knows to be the first.
  @Test
  void aFileWhoseFirstEntryIsUnknownKeepsTheOnesBefore() {
    store.background.runAll();
    LogFiles opened = new LogFiles(store.setup, store.directory, store.manifest, store.failure);
    assertThat(opened.dropBefore(second.number(), store.log.segment())).isEmpty();
    opened.begins(second.number(), 10);
    assertThat(opened.dropBefore(second.number(), store.log.segment()))
        .containsExactly(new Edit.LogDropped(first.number()), new Edit.ReplayFrom(10));
  }

  @Test
  void theEndOfTheLogIsNoted() throws IOException {
    store.background.runAll();
    Path prepared = store.logs().getLast();
    assertThat(isOpen(prepared)).isTrue();
    LogSegment last = store.log.segment();
    long end = store.log.seal();
    store.files.end(last, end);
    assertThat(known()).last().isEqualTo(new Version.LogFile(last.number(), end));
    assertThat(store.events).contains(new Event.LogEnded(last.path(), end));
    assertThat(store.logs()).as("what was prepared").doesNotContain(prepared);
    assertThat(isOpen(prepared)).isFalse();

    store.files.prepareSoon();
    store.background.runAll();
    assertThat(known()).hasSize(3);
  }

  @Test
  void whatWasNotNotedYetIsAtTheEnd() throws IOException {
    store.files.end(store.log.segment(), store.log.seal());
    assertThat(known()).hasSize(3).allMatch(Version.LogFile::isWhole);
  }

  /// The log itself is whole: the next opening finds that out.
  @Test
  void anEndThatCannotBeNotedIsReportedAlone() throws IOException {
    long end = store.log.seal();
    failInTheManifest(Fault.NO_SPACE);
    store.events.clear();
    store.files.end(store.log.segment(), end);
    requireReported(2); // for the files before, and for the last one
    assertThat(store.failure.isLatched()).isFalse();
    assertThat(store.files.wholeCount()).isZero();
  }

  @Test
  void closingClosesFilesAndChangesNothing() throws IOException {
    store.files.prepareSoon();
    store.background.runAll();
    store.roll(30); // its file waits to be noted
    assertThat(store.background.runOne()).as("the next one is prepared").isTrue();
    List<Path> before = store.logs();
    List<Version.LogFile> knownBefore = known();
    store.files.close();
    for (Path log : before) {
      assertThat(isOpen(log)).as("%s", log).isEqualTo(log.equals(store.file()));
    }
    assertThat(store.logs()).isEqualTo(before);
    assertThat(known()).isEqualTo(knownBefore);
  }
}
