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
import org.tuffdb.fs.FileNames;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Edit;

/// Which files of the log that nobody needs are used again, and which are deleted.
class LogRecyclingTest {
  private static final int FIRST_BYTES = 256 << 10;
  private static final int NEXT_BYTES = 1 << 20;

  private final HandmadeStore store;

  LogRecyclingTest() throws IOException {
    store = new HandmadeStore(3 << 20);
  }

  /// Others wait for it.
  @AfterEach
  void nobodyHoldsTheLock() {
    assertThat(Inside.get(store.files, "preparing", ReentrantLock.class).isLocked()).isFalse();
  }

  /// The number of a file that nothing refers to.
  private long orphan(int sizeBytes) throws IOException {
    long number = store.manifest.newFileNumber();
    HandmadeStore.create(store.disk, path(number), sizeBytes);
    return number;
  }

  private long discarded(int sizeBytes) throws IOException {
    long number = orphan(sizeBytes);
    store.files.discard(number);
    return number;
  }

  private static Path path(long number) {
    return FileNames.log(HandmadeStore.DIRECTORY, number);
  }

  private boolean exists(long number) throws IOException {
    return store.disk.exists(path(number));
  }

  private Event fileDeleted(long number) {
    return new Event.FileDeleted(path(number));
  }

  private LogSegment prepared() throws IOException {
    store.files.prepareSoon();
    store.background.runAll();
    return Inside.get(store.files, "prepared", LogSegment.class);
  }

  @Test
  void aFileOfTheSizeOfTheNextIsUsedAgain() throws IOException {
    long old = discarded(NEXT_BYTES);
    assertThat(exists(old)).isTrue();
    LogSegment next = store.next(NEXT_BYTES);
    assertThat(exists(old)).isFalse();
    assertThat(next.sizeBytes()).isEqualTo(NEXT_BYTES);
    assertThat(store.disk.exists(next.path())).isTrue();
    assertThat(store.events)
        .containsExactly(new Event.LogPrepared(next.path(), NEXT_BYTES, true, 0));
  }

  @Test
  void aFileIsUsedOnce() throws IOException {
    long old = discarded(NEXT_BYTES);
    assertThat(store.next(1).path()).isNotEqualTo(store.next(1).path());
    assertThat(exists(old)).isFalse();
  }

  @Test
  void aFileThatIsTooSmallWaitsForAnotherTime() throws IOException {
    long old = discarded(NEXT_BYTES);
    LogSegment next = store.next(NEXT_BYTES + 1);
    assertThat(next.sizeBytes()).isEqualTo(NEXT_BYTES + 1);
    assertThat(exists(old)).isTrue();
    assertThat(store.events)
        .containsExactly(new Event.LogPrepared(next.path(), NEXT_BYTES + 1, false, 0));
  }

  @Test
  void aFileOfAnotherSizeIsDeleted() throws IOException {
    for (int bytes : List.of(NEXT_BYTES - 1, NEXT_BYTES + 1, 0)) {
      long old = discarded(bytes);
      assertThat(exists(old)).isFalse();
      assertThat(store.events).last().isEqualTo(fileDeleted(old));
    }
  }

  @Test
  void twoFilesAreKept() throws IOException {
    List<Long> kept = List.of(discarded(NEXT_BYTES), discarded(NEXT_BYTES));
    long third = discarded(NEXT_BYTES);
    assertThat(exists(kept.getFirst())).isTrue();
    assertThat(exists(kept.getLast())).isTrue();
    assertThat(exists(third)).isFalse();
    assertThat(store.events).containsExactly(fileDeleted(third));
  }

  @Test
  void theFilesThatEditsDropAreTakenOver() throws IOException {
    long dropped = orphan(1);
    long other = orphan(1);
    store.files.discard(
        List.of(
            new Edit.ReplayFrom(other), new Edit.LogAdded(other), new Edit.LogDropped(dropped)));
    assertThat(exists(dropped)).isFalse();
    assertThat(exists(other)).isTrue();
  }

  /// The next opening deletes what is left.
  @Test
  void whatCannotBeDeletedIsReported() throws IOException {
    store.faulty.failFromNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.DELETE);
    long left = discarded(1);
    assertThat(exists(left)).isTrue();
    assertThat(store.events).singleElement().isInstanceOf(Event.HousekeepingFailed.class);
  }

  @Test
  void aFileThatIsNotThereIsReported() {
    store.files.discard(store.manifest.newFileNumber());
    assertThat(store.events).singleElement().isInstanceOf(Event.HousekeepingFailed.class);
  }

  @Test
  void aStoreAtRestKeepsNothingAndGoesOnInASmallFile() throws IOException {
    long spare = discarded(NEXT_BYTES);
    long another = discarded(NEXT_BYTES);
    store.files.shrink();
    assertThat(store.events).containsExactly(fileDeleted(spare), fileDeleted(another));
    assertThat(store.next(1).sizeBytes()).isEqualTo(FIRST_BYTES);
    assertThat(store.next(1).sizeBytes()).isEqualTo(NEXT_BYTES);
  }

  @Test
  void aLargeFileThatWasPreparedIsGivenBackAtRest() throws IOException {
    LogSegment large = prepared();
    store.files.shrink();
    assertThat(exists(large.number())).isFalse();
    LogSegment small = prepared();
    assertThat(small.sizeBytes()).isEqualTo(FIRST_BYTES);
    store.files.shrink();
    assertThat(exists(small.number())).isTrue();
    assertThat(store.next(1)).isSameAs(small);
  }

  @Test
  void aStoreThatIsClosedKeepsNothing() throws IOException {
    long spare = discarded(NEXT_BYTES);
    long another = discarded(NEXT_BYTES);
    store.put(1);
    store.files.end(store.log.segment(), store.log.seal());
    assertThat(exists(spare)).isFalse();
    assertThat(exists(another)).isFalse();
    assertThat(store.logs()).containsExactly(store.file());
  }
}
