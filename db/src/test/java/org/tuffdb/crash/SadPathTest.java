package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Snapshot;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.log.LogReader;

/// The sad path of the founding document: a reader is served what a power cut then takes back. Each
/// of its doors is tried twice: on the store, where it is shut, and with the guard removed, where
/// the loss is seen.
class SadPathTest {
  private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);

  /// Door 1: the process ends between the write and its sync. The next one finds the write in the
  /// operating system's cache, and serves it.
  @Test
  void whatIsServedAfterARestartSurvives() {
    MemoryFileSystem restarted = writtenAndNotSynced();

    MemoryFileSystem afterCut;
    try (Db db = Stores.open(restarted, 2)) {
      assertThat(db.get(KEY)).isEqualTo(VALUE);
      afterCut = restarted.crash(CrashChoice.loseAll());
    }
    try (Db db = Stores.open(afterCut, 3)) {
      assertThat(db.get(KEY)).isEqualTo(VALUE);
    }
  }

  @Test
  void controlWithoutRewritingTheLogItIsLost() throws IOException {
    MemoryFileSystem restarted = writtenAndNotSynced();

    assertThat(recordsIn(restarted)).as("a reader is served").isEqualTo(1);

    assertThat(recordsIn(restarted.crash(CrashChoice.loseAll()))).as("and it is gone").isZero();
  }

  /// A store that was written to, and whose process was killed before anything was synced.
  private static MemoryFileSystem writtenAndNotSynced() {
    MemoryFileSystem disk = new MemoryFileSystem();
    Db killed = Stores.open(disk, 1);
    killed.put(KEY, VALUE, Durability.BUFFERED);
    return disk.restart();
  }

  /// Door 2: a sync failed. The pages count as clean now, so that a later sync says that all is
  /// well.
  @Test
  void whatIsServedAfterAFailedSyncAndARestartSurvives() {
    MemoryFileSystem restarted = writtenAndSyncFailed();

    MemoryFileSystem afterCut;
    byte[] served;
    try (Db db = Stores.open(restarted, 2)) {
      served = db.get(KEY);
      assertThat(served).as("the cache still shows it").isEqualTo(VALUE);
      afterCut = restarted.crash(CrashChoice.loseAll());
    }
    try (Db db = Stores.open(afterCut, 3)) {
      assertThat(db.get(KEY)).isEqualTo(served);
    }
  }

  @Test
  void controlWithASyncAtTheStartInsteadOfRewritingItIsLost() throws IOException {
    MemoryFileSystem restarted = writtenAndSyncFailed();

    for (Path log : logsIn(restarted)) {
      try (WriteFile file = restarted.openForOverwrite(log)) {
        file.sync();
      }
    }
    assertThat(recordsIn(restarted)).as("a reader is served").isEqualTo(1);

    assertThat(recordsIn(restarted.crash(CrashChoice.loseAll()))).as("and it is gone").isZero();
  }

  /// A store in which the sync of a write failed, and whose process was killed.
  private static MemoryFileSystem writtenAndSyncFailed() {
    MemoryFileSystem disk = new MemoryFileSystem();
    FaultyFileSystem faulty = new FaultyFileSystem(disk);
    Db killed = Stores.open(faulty, 1);
    faulty.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
    assertThatThrownBy(() -> killed.put(KEY, VALUE)).isInstanceOf(OutcomeUnknownException.class);
    assertThat(killed.get(KEY)).as("what may be lost is not shown").isNull();
    return disk.restart();
  }

  /// Door 2, behind the first: the sync failed of a file that was being made ready, and the process
  /// ended before it was deleted. Another one must not use it: ext4 loses what is written there.
  @Test
  void whatIsWrittenWhereTheSyncOfAnOrphanFailedSurvives() throws IOException {
    MemoryFileSystem disk = new MemoryFileSystem();
    Stores.open(disk, 1).close();
    leaveOrphan(disk);
    ManualClock clock = new ManualClock();
    ManualBackground background = new ManualBackground(clock);
    Db db = Stores.open(disk, 2, background, clock);
    background.runAll();
    byte[] value = new byte[1 << 10];
    for (int i = 0; i < 40; i++) {
      db.put(("key" + i).getBytes(StandardCharsets.UTF_8), value, Durability.BUFFERED);
    }
    db.put(KEY, VALUE);
    assertThatItSurvives(disk);
  }

  private static void leaveOrphan(MemoryFileSystem disk) throws IOException {
    FaultyFileSystem faulty = new FaultyFileSystem(disk);
    faulty.failNth(Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC);
    Path orphan = FileNames.log(Stores.DIRECTORY, 90);
    FileHeader header = new FileHeader(FileHeader.Kind.LOG, 90, 1, 2);
    try (Directory directory = disk.openDirectory(Stores.DIRECTORY);
        WriteFile file = faulty.create(orphan)) {
      byte[] bytes = new byte[16 << 10];
      header.write(bytes);
      file.write(0, bytes, 0, bytes.length);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      directory.sync();
    }
  }

  /// Door 3: a group is in the log, and its sync is under way.
  @Test
  void whatAReaderSeesDuringAGroupCommitSurvives() {
    MemoryFileSystem disk = new MemoryFileSystem();
    try (Db db = Stores.open(disk, 1)) {
      List<Boolean> seen = new ArrayList<>();
      disk.listen(call -> seen.add(db.contains(KEY)));
      db.put(KEY, VALUE);
      disk.listen(null);

      assertThat(seen).as("the write, and its sync").hasSizeGreaterThan(1).containsOnly(false);
      assertThat(db.get(KEY)).isEqualTo(VALUE);
      assertThatItSurvives(disk);
    }
  }

  @Test
  void controlWithoutTheSyncBeforePublishingItIsLost() {
    MemoryFileSystem disk = new MemoryFileSystem();
    FaultyFileSystem withoutSync = new FaultyFileSystem(disk);
    try (Db db = Stores.open(withoutSync, 1)) {
      withoutSync.skipSyncs(callSite -> callSite.startsWith("Log.syncAll"));
      db.put(KEY, VALUE);
      assertThat(db.get(KEY)).as("a reader is served").isEqualTo(VALUE);

      assertThatItIsLost(disk);
    }
  }

  /// Door 4: a buffered write is visible at once. A durable snapshot does not show it.
  @Test
  void whatADurableSnapshotShowsSurvives() {
    MemoryFileSystem disk = new MemoryFileSystem();
    try (Db db = Stores.open(disk, 1)) {
      db.put(KEY, VALUE, Durability.BUFFERED);
      try (Snapshot durable = db.durableSnapshot()) {
        assertThat(durable.contains(KEY)).isFalse();
      }
      db.sync();
      try (Snapshot durable = db.durableSnapshot()) {
        assertThat(durable.get(KEY)).isEqualTo(VALUE);
        assertThatItSurvives(disk);
      }
    }
  }

  @Test
  void controlWithAnOrdinarySnapshotItIsLost() {
    MemoryFileSystem disk = new MemoryFileSystem();
    try (Db db = Stores.open(disk, 1)) {
      db.put(KEY, VALUE, Durability.BUFFERED);
      try (Snapshot snapshot = db.snapshot()) {
        assertThat(snapshot.get(KEY)).as("a reader is served").isEqualTo(VALUE);
      }
      assertThatItIsLost(disk);
    }
  }

  private static void assertThatItSurvives(MemoryFileSystem disk) {
    try (Db db = Stores.open(disk.crash(CrashChoice.loseAll()), 2)) {
      assertThat(db.get(KEY)).isEqualTo(VALUE);
    }
  }

  private static void assertThatItIsLost(MemoryFileSystem disk) {
    try (Db db = Stores.open(disk.crash(CrashChoice.loseAll()), 2)) {
      assertThat(db.get(KEY)).as("and it is gone").isNull();
    }
  }

  private static List<Path> logsIn(MemoryFileSystem disk) throws IOException {
    return disk.list(Stores.DIRECTORY).stream()
        .filter(name -> FileNames.logNumber(name).isPresent())
        .map(Stores.DIRECTORY::resolve)
        .toList();
  }

  /// How many records a store would find that reads its logs, and does no more.
  private static int recordsIn(MemoryFileSystem disk) throws IOException {
    int records = 0;
    for (Path log : logsIn(disk)) {
      long number = FileNames.logNumber(log.getFileName().toString()).orElseThrow();
      try (LogReader reader = new LogReader(disk, log, FileHeader.Kind.LOG, number)) {
        while (reader.next()) {
          records++;
        }
      }
    }
    return records;
  }
}
