package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tuffdb.HandmadeStore.FIRST;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.log.Log;
import org.tuffdb.version.Edit;

/// What a verification says of a log that is damaged, or that no store would have written: which
/// file, where, what, and nothing besides.
class LogVerificationTest {
  private static final String DAMAGED =
      "a record of this log is damaged: later ones say that it was synced";
  private static final Path CURRENT = HandmadeStore.DIRECTORY.resolve(FileNames.CURRENT);

  /// Where the second of two records begins.
  private static final long SECOND = FIRST + Log.recordBytes(HandmadeStore.batch(0, "key1").length);

  private final HandmadeStore store;
  private final List<Path> paths = new ArrayList<>();

  LogVerificationTest() throws IOException {
    store = new HandmadeStore();
  }

  private List<Verification.Damage> damages() {
    return damages(store.disk.restart());
  }

  private static List<Verification.Damage> damages(FileSystem files) {
    return Verification.of(files, HandmadeStore.DIRECTORY, (_, _) -> {}).damages();
  }

  /// What is found where nobody knows which files belong to the log.
  private List<Verification.Damage> damagesWithoutCurrent() throws IOException {
    FileSystem left = store.disk.restart();
    left.delete(CURRENT);
    return damages(left);
  }

  private static Verification.Damage damage(Path file, long offset, String what) {
    return new Verification.Damage(file, offset, what, null, null);
  }

  private static Verification.Damage currentIsMissing() {
    return damage(CURRENT, -1, "the file is missing, and the store has data");
  }

  private static String behind(String what, long sequence) {
    return "%s; the last sound entry before is that of sequence %d".formatted(what, sequence);
  }

  /// Two entries in each of three files; all but the last are vouched for.
  private void fillThreeFiles() throws IOException {
    for (long sequence = 1; sequence < 7; sequence += 2) {
      store.roll(sequence);
      paths.add(store.file());
      store.putSynced(sequence, sequence + 1);
    }
  }

  @Test
  void aLogOfSeveralFilesIsWhole() throws IOException {
    fillThreeFiles();
    assertThat(paths).doesNotHaveDuplicates();
    assertThat(damages()).isEmpty();
  }

  @Test
  void beforeTheFirstRecordThereIsNoSoundEntry() throws IOException {
    store.putSynced(1, 2);
    store.damage(store.file(), FIRST);
    assertThat(damages()).containsExactly(damage(store.file(), FIRST, DAMAGED));
  }

  @Test
  void theLastSoundEntryIsNamed() throws IOException {
    store.add(1, HandmadeStore.batch(0, "a", "b"));
    store.log.sync();
    long at = store.put(3);
    store.log.sync();
    store.put(4);
    store.damage(store.file(), at);
    assertThat(damages()).containsExactly(damage(store.file(), at, behind(DAMAGED, 2)));
  }

  @Test
  void theFilesBehindADamagedOneAreChecked() throws IOException {
    fillThreeFiles();
    store.damage(paths.get(1), FIRST);
    Verification.Damage first = damage(paths.get(1), FIRST, behind(DAMAGED, 2));
    assertThat(damages()).containsExactly(first);

    store.damage(paths.get(2), FIRST);
    assertThat(damages()).containsExactly(first, damage(paths.get(2), FIRST, DAMAGED));
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    fillThreeFiles();
    store.disk.delete(paths.get(1));
    assertThat(damages())
        .containsExactly(damage(paths.get(1), -1, behind("the file is missing", 2)));
  }

  /// The disk may fail where it is read, and the rest is of use all the same.
  @Test
  void aFileThatCannotBeReadIsNamedAndTheNextIsChecked() throws IOException {
    fillThreeFiles();
    store.damage(paths.get(1), FIRST);
    FaultyFileSystem failing = new FaultyFileSystem(store.disk.restart());
    Path unreadable = paths.getFirst();
    failing.failFromNth(
        Fault.IO_ERROR,
        1,
        call -> call.kind() == FileCall.Kind.READ && call.path().equals(unreadable));

    List<Verification.Damage> damages = damages(failing);
    assertThat(damages).hasSize(2);
    assertThat(damages.getFirst().file()).isEqualTo(unreadable);
    assertThat(damages.getFirst().offset()).isEqualTo(-1);
    assertThat(damages.getFirst().what()).contains("Input/output error");
    assertThat(damages.getLast()).isEqualTo(damage(paths.get(1), FIRST, DAMAGED));
  }

  @Test
  void ofSeveralFilesTheOneThatCannotBeReadIsNamed() throws IOException {
    fillThreeFiles();
    FaultyFileSystem failing = new FaultyFileSystem(store.disk.restart());
    Path unreadable = paths.get(1);
    failing.failFromNth(
        Fault.IO_ERROR,
        1,
        call -> call.kind() == FileCall.Kind.READ && call.path().equals(unreadable));
    assertThat(damages(failing)).extracting(Verification.Damage::file).containsExactly(unreadable);
  }

  @Test
  void aFileOfAnotherStoreIsDamage() throws IOException {
    store.putSynced(1);
    HandmadeStore.giveAway(store.disk, store.file(), FileHeader.Kind.LOG, store.number());
    assertThat(damages())
        .containsExactly(damage(store.file(), 32, "the file belongs to another store"));
  }

  @Test
  void aGapInTheSequencesIsDamage() throws IOException {
    store.putSynced(1, 3);
    assertThat(damages())
        .containsExactly(
            damage(
                store.file(),
                SECOND,
                behind("entries are missing: expected sequence 2, found 3", 1)));
  }

  @Test
  void theFirstEntryOfAllMustBeThere() throws IOException {
    store.putSynced(2);
    assertThat(damages())
        .containsExactly(
            damage(store.file(), FIRST, "entries are missing: expected sequence 1, found 2"));
  }

  @Test
  void aBatchThatIsMalformedIsDamage() throws IOException {
    store.add(1, new byte[] {9, 9, 9, 9, 9});
    assertThat(damages()).containsExactly(damage(store.file(), FIRST, "the batch is malformed"));
    assertThat(damagesWithoutCurrent())
        .containsExactly(currentIsMissing(), damage(store.file(), FIRST, "the batch is malformed"));
  }

  /// Without a manifest, nobody knows which keyspaces there are.
  @Test
  void aKeyspaceThatTheManifestDoesNotKnowIsDamage() throws IOException {
    store.add(1, HandmadeStore.batch(1, "key"));
    assertThat(damages()).containsExactly(damage(store.file(), FIRST, "unknown keyspace 1"));
    assertThat(damagesWithoutCurrent()).containsExactly(currentIsMissing());
  }

  /// An entry of a batch that is damaged is not sound.
  @Test
  void theLastSoundEntryIsThatOfAnotherBatch() throws IOException {
    store.putSynced(1);
    store.add(2, HandmadeStore.batch(1, "a", "b"));
    assertThat(damages())
        .containsExactly(damage(store.file(), SECOND, behind("unknown keyspace 1", 1)));
  }

  @Test
  void anEntryOfAKeyspaceThatWasDroppedIsNone() throws IOException {
    store.manifest.commit(new Edit.NextKeyspace(2));
    store.add(1, HandmadeStore.batch(1, "key"));
    assertThat(damages()).isEmpty();
  }

  @Test
  void aLogThatEndsBeforeTheTablesDoIsDamage() throws IOException {
    store.putSynced(1, 2, 3);
    store.manifest.commit(new Edit.Flushed(0, 3));
    assertThat(damages()).isEmpty();

    store.manifest.commit(new Edit.Flushed(0, 4));
    assertThat(damages())
        .containsExactly(
            damage(
                store.file(),
                -1,
                "the log ends with sequence 3, and tables hold 4: it was cut or replaced"));
  }

  @Test
  void tablesNeedNoLog() throws IOException {
    store.manifest.commit(new Edit.Flushed(0, 4), new Edit.LogDropped(store.number()));
    assertThat(damages()).isEmpty();
  }

  /// Whatever its records are: entries, marks, and what ends a file.
  @Test
  void withoutAManifestSoundFilesPass() throws IOException {
    fillThreeFiles();
    store.log.mark();
    store.put(7);
    assertThat(store.log.seal()).isPositive();
    assertThat(damagesWithoutCurrent()).containsExactly(currentIsMissing());
  }

  @Test
  void withoutAManifestEachFileIsJudgedByWhatItSaysOfItself() throws IOException {
    fillThreeFiles();
    store.damage(paths.getFirst(), FIRST);
    store.damage(paths.getLast(), FIRST);
    assertThat(damagesWithoutCurrent())
        .containsExactly(
            currentIsMissing(),
            damage(paths.getFirst(), FIRST, DAMAGED),
            damage(paths.getLast(), FIRST, DAMAGED));
  }

  /// All that the third record vouches for is there.
  @Test
  void aTornRecordIsNoDamage() throws IOException {
    store.putSynced(1);
    store.put(2);
    store.put(3);
    store.damage(store.file(), SECOND);
    assertThat(damages()).isEmpty();
    assertThat(damagesWithoutCurrent()).containsExactly(currentIsMissing());
  }

  @Test
  void withoutAManifestAFileThatCannotBeReadIsNamed() throws IOException {
    store.putSynced(1);
    FaultyFileSystem failing = new FaultyFileSystem(store.disk.restart());
    failing.delete(CURRENT);
    failing.failFromNth(
        Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.READ && SmallStore.isLog(call));
    assertThat(damages(failing))
        .extracting(Verification.Damage::file)
        .containsExactly(CURRENT, store.file());
  }
}
