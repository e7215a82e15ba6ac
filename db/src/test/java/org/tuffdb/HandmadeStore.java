package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.Kind;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.log.Log;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// A store without a [Db]: its manifest and the files of its log, written edit by edit and record
/// by record, also as no store writes them. Its background work waits until the test runs it.
final class HandmadeStore {
  static final Path DIRECTORY = SmallStore.DIRECTORY;
  static final long ID = 7;

  /// Where the first record of a file begins.
  static final long FIRST = FileHeader.BYTES;

  /// What a record takes that says no more than that a file ends.
  static final long EMPTY_RECORD = Log.recordBytes(0);

  private static final long LOG_FILE_BYTES = 64 << 10;

  final MemoryFileSystem disk = new MemoryFileSystem();
  final FaultyFileSystem faulty = new FaultyFileSystem(disk);
  final ManualClock clock = new ManualClock();
  final ManualBackground background = new ManualBackground(clock);
  final List<Event> events = new ArrayList<>();
  final Failure failure = new Failure(events::add);
  final Setup setup;
  final Directory directory;
  final Manifest manifest;
  final LogFiles files;
  final Log log;

  HandmadeStore() throws IOException {
    this(LOG_FILE_BYTES);
  }

  HandmadeStore(long logFileBytes) throws IOException {
    setup =
        new Setup(
            DIRECTORY,
            Options.builder().memory(64 << 20).logFile(logFileBytes).build(),
            faulty,
            events::add,
            clock,
            new SplittableRandom(1),
            background,
            Runnable::run);
    disk.createDirectories(DIRECTORY);
    directory = faulty.openDirectory(DIRECTORY);
    manifest = new Manifest(faulty, directory, ID, Version.empty(), setup.random());
    LogSegment first = LogFiles.first(setup, manifest.newFileNumber(), ID);
    manifest.commit(new Edit.LogAdded(first.number()));
    files = new LogFiles(setup, directory, manifest, failure);
    log = new Log(first, 1, files);
  }

  /// The file after the one that the log is in, without going on there.
  LogSegment next(long sizeBytesMin) throws IOException {
    return files.next(log.segment(), sizeBytesMin);
  }

  /// What a batch of one entry for each of `keys` is in the log.
  static byte[] batch(int keyspaceId, String... keys) {
    int bytesMax = BatchFormat.HEADER_BYTES + BatchFormat.KEYSPACE_BYTES;
    for (String key : keys) {
      bytesMax += BatchFormat.entryBytesMax(bytes(key).length, value(key).length);
    }
    byte[] batch = new byte[bytesMax];
    BatchFormat.putCount(batch, keys.length);
    int at = BatchFormat.putKeyspace(batch, BatchFormat.HEADER_BYTES, keyspaceId);
    for (String key : keys) {
      at = BatchFormat.putEntry(batch, at, Kind.PUT, bytes(key), value(key));
    }
    return Arrays.copyOf(batch, at);
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// What [#batch] sets a key to.
  static byte[] value(String key) {
    return bytes("value of " + key);
  }

  /// Appends an entry of the default keyspace, whose key is `key1` if its sequence is 1, and
  /// returns where its record begins.
  long put(long sequence) throws IOException {
    return add(sequence, batch(0, "key" + sequence));
  }

  /// Appends a record that may hold anything, and returns where it begins.
  long add(long sequence, byte[] payload) throws IOException {
    log.reserve(Log.recordBytes(payload.length), sequence);
    long offset = log.endOffset();
    log.add(LogFormat.DATA, sequence, payload, 0, payload.length);
    log.append(false);
    return offset;
  }

  /// Appends entries and syncs each before the next, which vouches for it then.
  void putSynced(long... sequences) throws IOException {
    for (long sequence : sequences) {
      put(sequence);
      log.sync();
    }
  }

  /// Has the log go on in its next file, with that sequence.
  void roll(long nextSequence) throws IOException {
    log.roll(nextSequence);
    log.sync();
  }

  /// The file that the log is in.
  Path file() {
    return log.segment().path();
  }

  long number() {
    return log.segment().number();
  }

  /// What the next process finds.
  SmallStore killed() {
    return new SmallStore(disk.restart());
  }

  /// The files of the log that are on the disk.
  List<Path> logs() throws IOException {
    return disk.list(DIRECTORY).stream()
        .filter(name -> FileNames.logNumber(name).isPresent())
        .map(DIRECTORY::resolve)
        .toList();
  }

  /// Changes a byte of a record's payload.
  void damage(Path file, long recordAt) throws IOException {
    long at = recordAt + EMPTY_RECORD;
    write(disk, file, at, (byte) (read(disk, file)[(int) at] ^ 1));
  }

  /// Has a file say that it belongs to another store.
  static void giveAway(FileSystem files, Path file, FileHeader.Kind kind, long number)
      throws IOException {
    byte[] header = Arrays.copyOf(read(files, file), FileHeader.BYTES);
    new FileHeader(kind, number, ID + 1, LittleEndian.getInt(header, 40)).write(header);
    write(files, file, 0, header);
  }

  static byte[] read(FileSystem files, Path file) throws IOException {
    try (ReadFile from = files.openForRead(file)) {
      byte[] content = new byte[(int) from.sizeBytes()];
      int length = from.read(0, content, 0, content.length);
      return Arrays.copyOf(content, length);
    }
  }

  static void write(FileSystem files, Path file, long at, byte... bytes) throws IOException {
    try (WriteFile to = files.openForOverwrite(file)) {
      to.write(at, bytes, 0, bytes.length);
    }
  }

  static void create(FileSystem files, Path file, int sizeBytes) throws IOException {
    try (WriteFile made = files.create(file)) {
      made.write(0, new byte[sizeBytes], 0, sizeBytes);
    }
  }
}
