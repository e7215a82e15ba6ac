package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.event.Event;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Version;

/// How the log comes by its next file: how large it is, when it is made, and what happens where
/// that fails.
class LogFilesTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  private final HandmadeStore store;

  LogFilesTest() throws IOException {
    store = new HandmadeStore(3 * MIB);
  }

  /// Others wait for it.
  @AfterEach
  void nobodyHoldsTheLock() {
    assertThat(Inside.get(store.files, "preparing", ReentrantLock.class).isLocked()).isFalse();
  }

  private LogSegment next(long sizeBytesMin) throws IOException {
    return store.next(sizeBytesMin);
  }

  private void prepare() {
    store.files.prepareSoon();
    assertThat(store.background.runAll()).isPositive();
  }

  /// The numbers of the files that the manifest knows.
  private List<Long> known() {
    return store.manifest.version().logs().stream().map(Version.LogFile::number).toList();
  }

  private List<Throwable> reported() {
    List<Throwable> causes = new ArrayList<>();
    for (Event event : store.events) {
      if (event instanceof Event.HousekeepingFailed(Throwable cause)) {
        causes.add(cause);
      }
    }
    return causes;
  }

  private static boolean writesToTheManifest(FileCall call) {
    return call.kind() == FileCall.Kind.WRITE && SmallStore.isManifest(call);
  }

  private void leaveRoomFor(long bytes) {
    store.faulty.failFromNth(
        Fault.NO_SPACE,
        1,
        call ->
            call.kind() == FileCall.Kind.WRITE
                && SmallStore.isLog(call)
                && call.position() + call.length() > bytes);
  }

  @Test
  void eachFileIsLargerThanTheOneBeforeUpToTheLimit() throws IOException {
    assertThat(store.log.segment().sizeBytes()).isEqualTo(256 * KIB);
    for (int bytes : List.of(MIB, 3 * MIB, 3 * MIB)) {
      LogSegment made = next(1);
      assertThat(made.sizeBytes()).isEqualTo(bytes);
      assertThat(HandmadeStore.read(store.disk, made.path())).hasSize(bytes);
    }
    assertThat(next(5 * MIB).sizeBytes()).isEqualTo(5 * MIB);
    assertThat(next(1).sizeBytes()).isEqualTo(3 * MIB);
  }

  /// The sync of a record is slow in large pieces, and a store through a mapping in small ones.
  @Test
  void aFileIsMadeInPiecesThatFitHowTheFullOneWasUsed() throws IOException {
    assertThat(largestPieceOfTheNext(false)).isEqualTo(256 * KIB);
    assertThat(largestPieceOfTheNext(true)).isEqualTo(2 * MIB);
    assertThat(largestPieceOfTheNext(false)).isEqualTo(256 * KIB);
  }

  private int largestPieceOfTheNext(boolean throughMapping) throws IOException {
    AtomicInteger bytesMax = new AtomicInteger();
    store.log.add(LogFormat.DATA, 1, new byte[100], 0, 100);
    store.log.append(throughMapping);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.WRITE) {
        bytesMax.accumulateAndGet(call.length(), Math::max);
      }
    });
    store.log.roll(1);
    return bytesMax.get();
  }

  @Test
  void theFirstFileIsNotLargerThanTheLimit() throws IOException {
    HandmadeStore small = new HandmadeStore(8 * KIB);
    assertThat(small.log.segment().sizeBytes()).isEqualTo(8 * KIB);
    assertThat(small.next(1).sizeBytes()).isEqualTo(8 * KIB);
  }

  @Test
  void aFileThatWasMadeIsToldOf() throws IOException {
    store.clock.advance(1_000);
    store.faulty.listen(call -> {
      if (call.kind() == FileCall.Kind.CREATE) {
        store.clock.advance(5);
      }
    });
    LogSegment made = next(1);
    assertThat(store.events).containsExactly(new Event.LogPrepared(made.path(), MIB, false, 5));
  }

  /// Recovery misses no file: the manifest knows it, and the disk has it, before a record is in it.
  @Test
  void aFileIsKnownAndOnTheDiskBeforeItIsWritten() throws IOException {
    LogSegment made = next(1);
    assertThat(known()).containsExactly(store.number(), made.number());
    assertThat(store.disk.crash(CrashChoice.loseAll()).exists(made.path())).isTrue();
  }

  @Test
  void aPreparedFileIsTheNextOneAndAnotherIsPrepared() throws IOException {
    prepare();
    assertThat(known()).hasSize(2);
    LogSegment next = next(1);
    assertThat(known()).hasSize(2).last().isEqualTo(next.number());
    assertThat(store.background.runAll()).isPositive();
    assertThat(known()).hasSize(3);
    assertThat(next(1).number()).isEqualTo(known().getLast());
  }

  @Test
  void oneFileIsPreparedAndNoMore() {
    prepare();
    prepare();
    assertThat(known()).hasSize(2);
    assertThat(reported()).isEmpty();
  }

  /// Or the first sync of a record would take as long as that of all the zeros.
  @Test
  void theZerosOfAPreparedFileAreSentAhead() {
    List<String> sent = new ArrayList<>();
    Inside.set(store.files, "files", withWriteBacks(() -> sent.add("writeBack")));
    prepare();
    assertThat(reported()).isEmpty();
    assertThat(sent).containsExactly("writeBack");
  }

  /// Its first sync would fail too, and end all writing.
  @Test
  void aPreparedFileWhoseZerosAreLostIsGivenBack() throws IOException {
    FileSystem losing =
        withWriteBacks(() -> {
          throw new IOException("lost");
        });
    Inside.set(store.files, "files", losing);
    prepare();
    assertThat(reported()).singleElement().satisfies(lost -> assertThat(lost).hasMessage("lost"));
    assertThat(known()).containsExactly(store.number());
    assertThat(store.logs()).containsExactly(store.file());
    assertThat(store.failure.isLatched()).isFalse();
    assertThat(next(1).number()).isEqualTo(known().getLast());
  }

  private interface Sending {
    void send() throws IOException;
  }

  private FileSystem withWriteBacks(Sending sending) {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (_, method, arguments) -> {
              Object result = method.invoke(store.faulty, arguments);
              return result instanceof WriteFile file ? withWriteBacks(file, sending) : result;
            });
  }

  private static WriteFile withWriteBacks(WriteFile file, Sending sending) {
    return (WriteFile)
        Proxy.newProxyInstance(
            WriteFile.class.getClassLoader(),
            new Class<?>[] {WriteFile.class},
            (_, method, arguments) -> {
              if (method.getName().equals("writeBack")) {
                sending.send();
              }
              try {
                return method.invoke(file, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  @Test
  void aPreparedFileThatIsTooSmallIsGivenBack() throws IOException {
    prepare();
    Path prepared = store.logs().getLast();
    LogSegment next = next(MIB + 1);
    assertThat(next.path()).isNotEqualTo(prepared);
    assertThat(next.sizeBytes()).isGreaterThan(MIB);
    assertThat(known()).containsExactly(store.number(), next.number());
    assertThat(store.logs()).doesNotContain(prepared);
    assertThat(store.events).contains(new Event.FileDeleted(prepared));
    assertThat(store.disk.openFiles()).noneMatch(open -> open.contains(prepared.toString()));
  }

  @Test
  void aPreparedFileThatIsJustLargeEnoughIsTaken() throws IOException {
    prepare();
    Path prepared = store.logs().getLast();
    assertThat(next(MIB).path()).isEqualTo(prepared);
  }

  @Test
  void nothingIsPreparedForAStoreThatStoppedWriting() {
    store.failure.latch(new IOException("broken"));
    prepare();
    assertThat(known()).containsExactly(store.number());
  }

  @Test
  void nothingIsPreparedForAStoreThatIsClosed() throws IOException {
    store.files.close();
    prepare();
    assertThat(known()).containsExactly(store.number());
  }

  /// Whoever needs the file makes it then.
  @Test
  void aPreparationThatFailsIsReported() throws IOException {
    leaveRoomFor(0);
    prepare();
    assertThat(reported()).singleElement().isInstanceOf(NoSpaceException.class);
    store.faulty.heal();
    assertThat(next(1).sizeBytes()).isEqualTo(MIB);
    assertThat(store.failure.isLatched()).isFalse();
  }

  @Test
  void aPreparationThatTheBackgroundRefusesIsReported() throws IOException {
    Inside.set(store.files, "background", new NoBackground());
    store.files.prepareSoon();
    assertThat(reported()).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(next(1).sizeBytes()).isEqualTo(MIB);
  }

  @Test
  void aDiskThatIsNearlyFullGetsASmallerFile() throws IOException {
    leaveRoomFor(256 * KIB);
    assertThat(next(1).sizeBytes()).isEqualTo(256 * KIB);
    store.faulty.heal();
    assertThat(next(1).sizeBytes()).isEqualTo(MIB);
  }

  @Test
  void aFullDiskHasNoNextFile() throws IOException {
    leaveRoomFor(256 * KIB - 1);
    List<Path> before = store.logs();
    assertThatThrownBy(() -> next(1)).isInstanceOf(NoSpaceException.class);
    assertThat(store.logs()).isEqualTo(before);
    assertThat(known()).containsExactly(store.number());
    assertThat(store.failure.isLatched()).isFalse();
  }

  /// A smaller file would be of no use.
  @Test
  void aGroupIsNotGivenAFileThatItDoesNotFitInto() {
    leaveRoomFor(256 * KIB);
    assertThatThrownBy(() -> next(300 * KIB)).isInstanceOf(NoSpaceException.class);
  }

  @Test
  void aFileThatTheManifestHasNoRoomForIsDeleted() throws IOException {
    List<Path> before = store.logs();
    List<String> open = store.disk.openFiles();
    store.faulty.failFromNth(Fault.NO_SPACE, 1, LogFilesTest::writesToTheManifest);
    assertThatThrownBy(() -> next(1)).isInstanceOf(NoSpaceException.class);
    assertThat(store.logs()).isEqualTo(before);
    assertThat(store.disk.openFiles()).isEqualTo(open);
    assertThat(store.failure.isLatched()).isFalse();

    store.faulty.heal();
    assertThat(known()).containsExactly(store.number());
    assertThat(next(1).number()).isEqualTo(known().getLast());
  }

  /// The manifest may know it, so it must stay, and nothing may be written any more.
  @Test
  void aFileThatTheManifestMayKnowEndsWriting() throws IOException {
    List<String> open = store.disk.openFiles();
    store.faulty.failNth(Fault.IO_ERROR, 1, LogFilesTest::writesToTheManifest);
    assertThatThrownBy(() -> next(1)).isInstanceOf(IOException.class);
    assertThat(store.logs()).hasSize(2);
    assertThat(store.disk.openFiles()).isEqualTo(open);
    assertThat(store.failure.isLatched()).isTrue();
    assertThat(store.events).hasAtLeastOneElementOfType(Event.Failed.class);
  }
}
