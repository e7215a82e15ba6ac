package org.tuffdb;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.CrashChoice;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// A store with short log files on a disk in memory that can be made to fail. Its background work
/// waits until the test runs it.
final class SmallStore {
  static final Path DIRECTORY = Path.of("/db");

  private static final Options OPTIONS =
      Options.builder().memory(64 << 20).logFile(64 << 10).build();

  final MemoryFileSystem disk;
  final FaultyFileSystem faulty;
  final ManualClock clock = new ManualClock();

  /// That of the store that was opened last.
  ManualBackground background = new ManualBackground(clock);

  SmallStore() {
    this(new MemoryFileSystem());
  }

  SmallStore(MemoryFileSystem disk) {
    this.disk = disk;
    this.faulty = new FaultyFileSystem(disk);
  }

  Db open() {
    background = new ManualBackground(clock);
    return builder(faulty).background(background).clock(clock).open();
  }

  /// Opens what a power cut leaves that takes all that was not synced.
  Db openAfterPowerCut() {
    return builder(disk.crash(CrashChoice.loseAll())).open();
  }

  /// Opens with background work of another kind.
  Db open(Background with) {
    return builder(faulty).background(with).clock(clock).open();
  }

  /// Opens with the background work and what is left of it, and tells `listener`.
  Db open(Listener listener) {
    return builder(faulty).background(background).clock(clock).listener(listener).open();
  }

  static Db.Builder builder(FileSystem files) {
    return Db.builder(DIRECTORY).fileSystem(files).options(OPTIONS).random(new SplittableRandom(1));
  }

  static boolean isManifest(FileCall call) {
    return call.path().toString().contains("MANIFEST");
  }

  static boolean isTable(FileCall call) {
    return call.path().toString().endsWith(".table");
  }

  static boolean isLog(FileCall call) {
    return call.path().toString().endsWith(".log");
  }
}
