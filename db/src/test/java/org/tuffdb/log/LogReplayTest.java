package org.tuffdb.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// What replay takes for the torn tail of a crash, and what for damage.
class LogReplayTest {
  private static final long SEGMENT_BYTES = 1024;
  private static final int PAYLOAD_BYTES = 100;
  private static final long RECORD_BYTES = Log.recordBytes(PAYLOAD_BYTES);

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final List<LogSegment> segments = new ArrayList<>();
  private final Log log;

  LogReplayTest() throws IOException {
    log = new Log(segment(), 1, new Segments());
  }

  private final class Segments implements Log.Successor {
    @Override
    public LogSegment next(LogSegment full, long sizeBytesMin) throws IOException {
      return segment();
    }

    @Override
    public void finished(LogSegment segment, long endOffset) {}
  }

  private LogSegment segment() throws IOException {
    long number = segments.size() + 1L;
    FileHeader header = new FileHeader(FileHeader.Kind.LOG, number, 7, 1000 + (int) number);
    LogSegment made =
        LogSegment.create(
            files, path(number), header, SEGMENT_BYTES, LogSegment.STORED_CHUNK_BYTES);
    segments.add(made);
    return made;
  }

  private static Path path(long number) {
    return Path.of("/" + number + ".log");
  }

  private void append(int value) throws IOException {
    byte[] payload = new byte[PAYLOAD_BYTES];
    Arrays.fill(payload, (byte) value);
    log.reserve(RECORD_BYTES, 1);
    log.add(LogFormat.DATA, value, payload, 0, payload.length);
    log.append(false);
  }

  private void damage(long number, long offset, int... bytes) throws IOException {
    try (WriteFile file = files.openForOverwrite(path(number))) {
      for (int i = 0; i < bytes.length; i++) {
        file.write(offset + i, new byte[] {(byte) bytes[i]}, 0, 1);
      }
    }
  }

  private static long recordAt(int index) {
    return LogFormat.FIRST_RECORD_AT + index * RECORD_BYTES;
  }

  private record Found(List<Integer> values, List<LogReplay.Torn> torn) {}

  private Found replay(long... wholeBytes) throws IOException {
    List<LogReplay.File> list = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      long whole = i < wholeBytes.length ? wholeBytes[i] : -1;
      list.add(new LogReplay.File(path(i + 1), i + 1, whole));
    }
    List<Integer> values = new ArrayList<>();
    List<LogReplay.Torn> torn =
        new LogReplay(files, FileHeader.Kind.LOG, 7L, list)
            .run(record -> {
              values.add((int) record.firstSequence());
              assertThat(record.payloadLength()).isEqualTo(PAYLOAD_BYTES);
              assertThat((int) record.buffer()[record.payloadOffset()])
                  .isEqualTo((int) record.firstSequence());
            })
            .torn();
    return new Found(values, torn);
  }

  @Test
  void readsOverSeveralFiles() throws IOException {
    for (int i = 1; i <= 20; i++) {
      append(i);
    }
    assertThat(segments).hasSizeGreaterThan(2);
    Found found = replay();
    assertThat(found.values).hasSize(20).first().isEqualTo(1);
    assertThat(found.values.getLast()).isEqualTo(20);
    assertThat(found.torn).isEmpty();
  }

  @Test
  void aLastRecordThatIsDamagedAndThatNobodyVouchesForIsATornTail() throws IOException {
    append(1);
    append(2);
    damage(1, recordAt(1) + 60, 99);

    Found found = replay();

    assertThat(found.values).containsExactly(1);
    assertThat(found.torn)
        .containsExactly(new LogReplay.Torn(path(1), 1, recordAt(1), RECORD_BYTES));
  }

  @Test
  void aHoleBeforeLaterRecordsIsATornTailIfNoneOfThemVouchesForIt() throws IOException {
    append(1);
    append(2);
    append(3);
    damage(1, recordAt(1), new int[(int) RECORD_BYTES]);

    Found found = replay();

    assertThat(found.values).containsExactly(1);
    assertThat(found.torn)
        .containsExactly(new LogReplay.Torn(path(1), 1, recordAt(1), 2 * RECORD_BYTES));
  }

  @Test
  void aDamagedRecordThatALaterOneVouchesForIsDamage() throws IOException {
    append(1);
    append(2);
    log.sync();
    append(3);
    damage(1, recordAt(1) + 60, 99);

    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("offset " + recordAt(1))
        .hasMessageContaining("synced");
  }

  @Test
  void theMarkOfAnIdleLogVouchesForItsLastGroup() throws IOException {
    append(1);
    log.sync();
    log.mark();
    damage(1, recordAt(0) + 60, 99);

    assertThatThrownBy(this::replay).isInstanceOf(CorruptionException.class);
  }

  @Test
  void aDamagedRecordThatALaterFileVouchesForIsDamage() throws IOException {
    for (int i = 1; segments.size() < 2; i++) {
      append(i);
    }
    log.sync();
    append(50);
    damage(1, recordAt(3) + 60, 99);

    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("1.log");
  }

  @Test
  void aFileThatWasLeftAndNeverSyncedMayBeTorn() throws IOException {
    for (int i = 1; segments.size() < 2; i++) {
      append(i);
    }
    append(50);
    damage(1, recordAt(3) + 60, 99);

    Found found = replay();

    assertThat(found.values).containsExactly(1, 2, 3);
  }

  @Test
  void aWholeFileMustBeWhole() throws IOException {
    append(1);
    append(2);
    long whole = log.seal();
    assertThat(replay(whole).values).containsExactly(1, 2);
    assertThat(replay(whole).torn).isEmpty();

    assertThatThrownBy(() -> replay(whole + 8)).isInstanceOf(CorruptionException.class);
    damage(1, recordAt(1) + 60, 99);
    assertThatThrownBy(() -> replay(whole)).isInstanceOf(CorruptionException.class);
  }

  @Test
  void aMissingFileIsDamage() throws IOException {
    for (int i = 1; segments.size() < 2; i++) {
      append(i);
    }
    segments.getLast().close();
    files.delete(path(2));
    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("2.log");
    segments.removeLast();
    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void recordsOfTheLogThatUsedTheBlocksBeforeDoNotCount() throws IOException {
    append(1);
    append(2);
    append(3);
    log.close();
    FileHeader header = new FileHeader(FileHeader.Kind.LOG, 1, 7, 4711);
    LogSegment recycled = LogSegment.recycle(files, path(1), path(1), header);
    segments.set(0, recycled);
    try (Log again = new Log(recycled, 1, new Segments())) {
      byte[] payload = new byte[PAYLOAD_BYTES];
      Arrays.fill(payload, (byte) 9);
      again.add(LogFormat.DATA, 9, payload, 0, payload.length);
      again.append(false);
    }
    Found found = replay();
    assertThat(found.values).containsExactly(9);
    assertThat(found.torn).isEmpty();
  }

  @Test
  void aGroupThatWasTakenBackIsGoneForGood() throws IOException {
    append(1);
    byte[] payload = new byte[PAYLOAD_BYTES];
    for (int i = 2; i <= 3; i++) {
      log.add(LogFormat.DATA, i, payload, 0, payload.length);
    }
    log.rollback();
    append(2);

    assertThat(replay().values).containsExactly(1, 2);
  }

  /// Its records would be sound: nothing else tells that they do not belong here.
  @Test
  void aLogOfAnotherStoreIsDamage() throws IOException {
    append(1);
    List<LogReplay.File> log = List.of(new LogReplay.File(path(1), 1, -1));
    List<String> open = files.openFiles();

    assertThatThrownBy(() -> new LogReplay(files, FileHeader.Kind.LOG, 8L, log).run(record -> {}))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("another store");
    assertThat(files.openFiles()).isEqualTo(open);
  }

  /// Recovery goes on in the next file and would not see what follows: so nothing may follow.
  @Test
  void aRecordBehindTheLastOneOfItsFileIsDamage() throws IOException {
    append(1);
    long end = log.seal();
    append(2);
    log.sync();

    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("stands behind the last one");
    assertThat(replay(end).values).as("of a file whose end is known").containsExactly(1);
  }

  /// What recovery gave up must not come back, however sound it is.
  @Test
  void behindTheEndThatIsKnownNothingIsRead() throws IOException {
    append(1);
    append(2);
    append(3);

    Found found = replay(recordAt(2));
    assertThat(found.values).containsExactly(1, 2);
    assertThat(found.torn).isEmpty();
    assertThatThrownBy(() -> replay(recordAt(2) + 8)).isInstanceOf(CorruptionException.class);
    damage(1, recordAt(1) + 60, 99);
    assertThatThrownBy(() -> replay(recordAt(2))).isInstanceOf(CorruptionException.class);
  }

  @Test
  void aFileThatEndsWithoutALastRecordIsFollowedByTheNext() throws IOException {
    for (int i = 1; segments.size() < 2; i++) {
      append(i);
    }
    assertThat(replay(recordAt(2)).values).startsWith(1, 2).hasSize(3);
  }

  @Test
  void tellsHowFarTheLogIsKnownToBeOnTheDisk() throws IOException {
    append(1);
    append(2);
    assertThat(reached()).containsExactly(recordAt(0), recordAt(2));
    log.sync();
    assertThat(reached()).as("no record says so yet").startsWith(recordAt(0));
    append(3);
    assertThat(reached()).containsExactly(recordAt(2), recordAt(3));
    for (int i = 4; segments.size() < 2; i++) {
      append(i);
    }
    long end = reached().get(1);
    assertThat(reached()).containsExactly(recordAt(2), end, recordAt(0), recordAt(1));
    log.sync();
    log.mark();
    assertThat(reached()).startsWith(end, end, recordAt(1), recordAt(1) + Log.recordBytes(0));
  }

  private int fillFirstSegment() throws IOException {
    int i = 1;
    for (; segments.size() < 2; i++) {
      append(i);
    }
    return i - 2; // the last one is in the second
  }

  /// Nothing of it was acknowledged, but it is kept for whoever wants to look.
  @Test
  void whatALaterFileHoldsIsTornToo() throws IOException {
    int inFirst = fillFirstSegment();
    damage(1, recordAt(3) + 60, 99);

    long end = recordAt(inFirst) + LogFormat.HEADER_BYTES;
    assertThat(replay().torn)
        .containsExactly(
            new LogReplay.Torn(path(1), 1, recordAt(3), end - recordAt(3)),
            new LogReplay.Torn(path(2), 2, recordAt(0), RECORD_BYTES));
  }

  @Test
  void ofALaterFileThatHoldsNothingNothingIsTorn() throws IOException {
    append(1);
    segment();
    Found found = replay();
    assertThat(found.values).containsExactly(1);
    assertThat(found.torn).isEmpty();
  }

  /// The record behind the hole vouches for all up to the hole.
  @Test
  void whatIsVouchedForMayEndWhereTheLogEnds() throws IOException {
    append(1);
    log.sync();
    append(2);
    append(3);
    damage(1, recordAt(1), new int[(int) RECORD_BYTES]);

    Found found = replay();

    assertThat(found.values).containsExactly(1);
    assertThat(found.torn).hasSize(1);
    assertThat(reached()).containsExactly(recordAt(1), recordAt(1));
  }

  @Test
  void aLaterFileThatIsKnownToBeWholeVouchesForAllBeforeIt() throws IOException {
    fillFirstSegment();
    damage(1, recordAt(3) + 60, 99);

    assertThatThrownBy(() -> replay(-1, recordAt(1)))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("1.log");
    assertThatThrownBy(() -> replay(-1, 0))
        .as("however short")
        .isInstanceOf(CorruptionException.class);
  }

  @Test
  void aFileThatIsSaidToBeWholeWithoutEvenAHeaderIsDamage() throws IOException {
    append(1);
    assertThatThrownBy(() -> replay(0))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("0 bytes were written and synced");
  }

  /// Whoever noted where it ends knew which files belong to the log.
  @Test
  void aFileThatIsKnownToBeWholeNeedsNoNextOne() throws IOException {
    int inFirst = fillFirstSegment();
    segments.removeLast().close();
    long end = recordAt(inFirst) + LogFormat.HEADER_BYTES;
    assertThat(replay(end).values).hasSize(inFirst);
    assertThatThrownBy(this::replay).as("of one that is not").hasMessageContaining("goes on");
  }

  @Test
  void aRecordBehindTheOneThatLeadsToTheNextFileIsDamage() throws IOException {
    int inFirst = fillFirstSegment();
    long behind = recordAt(inFirst) + LogFormat.HEADER_BYTES;
    ForgedLog forged = new ForgedLog(1, (int) SEGMENT_BYTES);
    forged.trace((int) behind, 0, 0, 1, segments.getFirst().salt());
    LogStructure.seal(forged.bytes, (int) behind);
    try (WriteFile file = files.openForOverwrite(path(1))) {
      file.write(behind, forged.bytes, (int) behind, LogFormat.HEADER_BYTES);
    }
    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("stands behind the last one");
  }

  /// A log that was closed in good order has no torn tail, and what stands there is from before.
  @Test
  void behindTheSealNoTracesAreLookedFor() throws IOException {
    append(1);
    long end = log.seal();
    append(2);
    append(3);
    damage(1, end, new int[(int) RECORD_BYTES]);
    Found found = replay();
    assertThat(found.values).containsExactly(1);
    assertThat(found.torn).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(bytes = {0, LogFormat.SEAL + 1, -1})
  void aRecordOfAnUnknownTypeIsDamage(byte type) throws IOException {
    append(1);
    log.add(type, 2, new byte[PAYLOAD_BYTES], 0, PAYLOAD_BYTES);
    log.append(false);
    assertThatThrownBy(this::replay)
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("unknown type " + type)
        .hasMessageContaining("offset " + recordAt(1));
  }

  /// For each file, up to where it is known to be on the disk, and where it ends.
  private List<Long> reached() throws IOException {
    List<LogReplay.File> list = new ArrayList<>();
    for (int i = 1; i <= segments.size(); i++) {
      list.add(new LogReplay.File(path(i), i, -1));
    }
    List<Long> offsets = new ArrayList<>();
    new LogReplay(files, FileHeader.Kind.LOG, 7L, list)
        .run(_ -> {})
        .reached()
        .forEach(file -> offsets.addAll(List.of(file.syncedOffset(), file.endOffset())));
    return offsets;
  }

  @Test
  void whatIsCopiedSurvivesThoughItsSyncHadFailed() throws IOException {
    append(1);
    append(2);
    FaultyFileSystem faulty = new FaultyFileSystem(files);
    faulty.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
    try (WriteFile file = faulty.openForOverwrite(path(1))) {
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    }
    assertThat(recordsAfterCut()).as("if it is synced").isZero();

    LogCopy.run(files, path(1), 1, recordAt(2));
    assertThat(recordsAfterCut()).isEqualTo(2);
    assertThat(files.exists(FileNames.copy(path(1)))).isFalse();
  }

  /// What was never on the disk before its sync failed cannot be brought there in its place.
  @Test
  void whatIsCopiedSurvivesThoughItsFirstSyncHadFailed() throws IOException {
    append(1);
    append(2);
    byte[] bytes = new byte[(int) recordAt(2)];
    try (ReadFile file = files.openForRead(path(1))) {
      assertThat(file.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }
    files.delete(path(1));
    FaultyFileSystem faulty = new FaultyFileSystem(files);
    faulty.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
    try (WriteFile file = faulty.create(path(1))) {
      file.write(0, bytes, 0, bytes.length);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    }
    LogCopy.run(files, path(1), 1, recordAt(2));
    assertThat(recordsAfterCut()).isEqualTo(2);
  }

  @Test
  void whatIsNotThereAnyMoreIsNotCopied() throws IOException {
    append(1);
    append(2);
    damage(1, recordAt(1) + LogFormat.HEADER_BYTES, 0);
    assertThatThrownBy(() -> LogCopy.run(files, path(1), 1, recordAt(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("sound records up to " + recordAt(1));
    assertThat(files.exists(FileNames.copy(path(1)))).isFalse();
    assertThat(replay().values).containsExactly(1);
  }

  private int recordsAfterCut() throws IOException {
    try (Directory directory = files.openDirectory(Path.of("/"))) {
      directory.sync();
    }
    try (WriteFile file = files.openForOverwrite(path(1))) {
      file.sync();
    }
    MemoryFileSystem left = files.crash(CrashChoice.loseAll());
    int records = 0;
    try (LogReader reader = new LogReader(left, path(1), FileHeader.Kind.LOG, 1)) {
      while (reader.next()) {
        records++;
      }
    }
    return records;
  }

  /// A power cut may keep the second page of a header and not the first, which then shows what the
  /// file held in its former life: there, a length of 1.6 GB.
  @Test
  void aTornHeaderThatBeginsWithOldBytesIsATornTail() throws IOException {
    Path old = Path.of("/old.log");
    byte[] text = new byte[1 << 20];
    Arrays.fill(text, (byte) 'a');
    try (WriteFile file = files.create(old)) {
      file.write(0, text, 0, text.length);
      file.sync();
    }
    FileHeader header = new FileHeader(FileHeader.Kind.LOG, 1, 7, 4711);
    segments.set(0, LogSegment.recycle(files, old, path(1), header));
    int pageBytes = 4096;
    int firstBytes = pageBytes - 8 - LogFormat.FIRST_RECORD_AT - LogFormat.HEADER_BYTES;
    try (Log again = new Log(segments.getFirst(), 1, new Segments())) {
      again.add(LogFormat.DATA, 1, new byte[firstBytes], 0, firstBytes);
      again.add(LogFormat.DATA, 2, new byte[PAYLOAD_BYTES], 0, PAYLOAD_BYTES);
      again.append(false);
    }
    try (WriteFile file = files.openForOverwrite(path(1))) {
      int lost = pageBytes - LogFormat.FIRST_RECORD_AT;
      file.write(LogFormat.FIRST_RECORD_AT, text, 0, lost);
    }

    Found found = replay();

    assertThat(found.values).isEmpty();
    assertThat(found.torn)
        .singleElement()
        .satisfies(torn -> assertThat(torn.offset()).isEqualTo(LogFormat.FIRST_RECORD_AT));
  }
}
