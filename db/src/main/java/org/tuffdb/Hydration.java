package org.tuffdb;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.log.Log;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogReader;
import org.tuffdb.log.LogReplay;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Opens a store: brings what its directory holds into memory, and makes sure that it is on the
/// disk before anybody reads it.
///
/// The log of a store that was not closed can be read, and yet may not be on the disk: it may stand
/// in the operating system's cache alone. To sync it now is no cure. If a sync has failed before,
/// the kernel has marked the pages as clean, and answers "ok" to the next sync without writing
/// them. So all records of files that are not known to be whole are *copied* into a new file, which
/// is synced before the manifest refers to it. A crash at any moment of that leaves the old files
/// and the old manifest, or the new ones.
///
/// Nothing is ever appended to what was recovered: the store goes on in a new log file and a new
/// manifest.
final class Hydration {
  /// So many log files may be kept as they are; beyond it, opening copies them all into one.
  private static final int LOG_FILES_MAX = 16;

  private static final int TORN_COPIES_MAX = 8;

  private final Setup setup;
  private final FileSystem files;
  private final Path path;
  private final Directory directory;
  private final Keyspaces keyspaces;
  private final BatchReader batch = new BatchReader();

  /// Files that nothing refers to yet.
  private final List<Path> created = new ArrayList<>();

  /// Takes what was opened and is handed on, to be closed if opening fails.
  private final List<Closeable> opened;

  private long nextFileNumber;
  private long lastSequence;
  private long entries;

  /// What opening leaves behind.
  ///
  /// @param log the new log, empty, behind everything that was replayed
  /// @param lastSequence the sequence of the last entry that was replayed
  record Opened(Manifest manifest, LogFiles logFiles, Log log, long lastSequence) {}

  Hydration(Setup setup, Directory directory, Keyspaces keyspaces, List<Closeable> opened) {
    this.setup = setup;
    this.files = setup.files();
    this.path = setup.directory();
    this.directory = directory;
    this.keyspaces = keyspaces;
    this.opened = opened;
  }

  Opened run(Failure failure) throws IOException {
    long begun = setup.clock().nanos();
    Manifest.@Nullable Recovered found = Manifest.read(files, path);
    Manifest.Recovered recovered = found != null ? found : create();
    Version old = recovered.version();
    long storeId = recovered.storeId();
    nextFileNumber = Math.max(old.nextFileNumber(), highestNumber() + 1);
    old.keyspaces().forEach(keyspaces::add);

    try (Copy copy = new Copy(storeId, firstToCopy(old.logs()))) {
      replay(old.logs(), storeId, copy);
      List<Edit> edits = new ArrayList<>(copy.finish(old.logs()));
      LogSegment first = LogFiles.first(setup, nextFileNumber++, storeId);
      opened.add(first);
      created.add(first.path());
      edits.add(new Edit.LogAdded(first.number()));
      edits.add(new Edit.NextFile(nextFileNumber));
      Manifest manifest = begin(old.with(edits), storeId);
      opened.add(manifest);
      LogFiles logFiles = new LogFiles(setup, directory, manifest, failure);
      removeOrphans(manifest, logFiles);
      long nanos = setup.clock().nanos() - begun;
      setup.listener().on(new Event.Opened(path, entries, copy.bytes, nanos));
      return new Opened(manifest, logFiles, new Log(first, logFiles), lastSequence);
    }
  }

  /// Begins the manifest that makes all of this the store, durably. After a failure it may be the
  /// current one, except where the disk was full.
  private Manifest begin(Version version, long storeId) throws IOException {
    List<Path> referred = List.copyOf(created);
    created.clear();
    try {
      return new Manifest(files, directory, storeId, version, setup.random());
    } catch (NoSpaceException full) {
      created.addAll(referred);
      throw full;
    }
  }

  /// Deletes what a failed opening has created, unless the manifest may refer to it.
  void undo() throws IOException {
    for (Path file : created) {
      files.delete(file);
    }
  }

  /// Creates an empty store. Its `CURRENT` is on the disk before there is any log, so where there
  /// is a log and no `CURRENT`, something was lost.
  private Manifest.Recovered create() throws IOException {
    for (String name : files.list(path)) {
      if (FileNames.logNumber(name).isPresent()) {
        throw new CorruptionException(
            path.resolve(FileNames.CURRENT), -1, "the file is missing, and the store has data");
      }
    }
    long storeId = setup.random().nextLong();
    Version empty = Version.empty().with(List.of(new Edit.NextFile(highestNumber() + 1)));
    try (Manifest manifest = new Manifest(files, directory, storeId, empty, setup.random())) {
      return new Manifest.Recovered(storeId, manifest.version());
    }
  }

  private long highestNumber() throws IOException {
    long highest = 0;
    for (String name : files.list(path)) {
      highest = Math.max(highest, FileNames.logNumber(name).orElse(0));
      highest = Math.max(highest, FileNames.manifestNumber(name).orElse(0));
      highest = Math.max(highest, FileNames.tornNumber(name).orElse(0));
    }
    return highest;
  }

  /// The number of the first log file that cannot stay as it is, because it may not be on the disk.
  private static long firstToCopy(List<Version.LogFile> logs) {
    if (logs.size() > LOG_FILES_MAX) {
      return 0;
    }
    return logs.stream()
        .filter(log -> !log.isWhole())
        .mapToLong(Version.LogFile::number)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private void replay(List<Version.LogFile> logs, long storeId, Copy copy) throws IOException {
    if (logs.isEmpty()) {
      return;
    }
    List<LogReplay.File> log =
        logs.stream()
            .map(f ->
                new LogReplay.File(FileNames.log(path, f.number()), f.number(), f.wholeBytes()))
            .toList();
    List<LogReplay.Torn> torn =
        new LogReplay(files, FileHeader.Kind.LOG, storeId, log)
            .run(record -> {
              apply(record);
              copy.add(record);
            });
    for (LogReplay.Torn tail : torn) {
      keep(tail);
    }
  }

  private void apply(LogReader record) {
    if (record.firstSequence() != lastSequence + 1) {
      throw new CorruptionException(
          record.path(),
          record.offset(),
          "entries are missing: expected sequence %d, found %d"
              .formatted(lastSequence + 1, record.firstSequence()));
    }
    batch.open(record.buffer(), record.payloadOffset(), record.payloadLength());
    while (batch.next()) {
      Keyspace keyspace = keyspaces.find(batch.keyspaceId());
      if (keyspace == null) {
        throw new CorruptionException(
            record.path(), record.offset(), "unknown keyspace " + batch.keyspaceId());
      }
      keyspaces.hydrate(keyspace, ++lastSequence, batch);
      entries++;
    }
    if (!batch.sound()) {
      throw new CorruptionException(record.path(), record.offset(), "the batch is malformed");
    }
  }

  /// Keeps a copy of what a crash cut short, for whoever wants to look at it.
  private void keep(LogReplay.Torn tail) throws IOException {
    Path copy = FileNames.torn(path, tail.number());
    if (files.exists(copy)) {
      files.delete(copy);
    }
    try (ReadFile from = files.openForRead(tail.path());
        WriteFile to = files.create(copy)) {
      byte[] chunk = new byte[(int) Math.min(tail.bytes(), 1 << 20)];
      for (long done = 0; done < tail.bytes(); done += chunk.length) {
        int length = (int) Math.min(chunk.length, tail.bytes() - done);
        to.write(done, chunk, 0, from.read(tail.offset() + done, chunk, 0, length));
      }
    }
    setup.listener().on(new Event.TornTailFound(tail.path(), tail.offset(), tail.bytes(), copy));
  }

  private void removeOrphans(Manifest manifest, LogFiles logFiles) throws IOException {
    List<Long> logs = manifest.version().logs().stream().map(Version.LogFile::number).toList();
    long torn = 0;
    for (String name : files.list(path).reversed()) {
      Path file = path.resolve(name);
      OptionalLong log = FileNames.logNumber(name);
      OptionalLong other = FileNames.manifestNumber(name);
      if (log.isPresent() && !logs.contains(log.getAsLong())) {
        logFiles.discard(file);
      } else if ((other.isPresent() && !manifest.path().equals(file))
          || name.equals(FileNames.CURRENT_TEMPORARY)
          || (FileNames.tornNumber(name).isPresent() && ++torn > TORN_COPIES_MAX)) {
        files.delete(file);
        setup.listener().on(new Event.FileDeleted(file));
      }
    }
  }

  /// The file that takes the records over that may not be on the disk.
  private final class Copy implements Closeable, Log.Successor {
    private static final int APPEND_BYTES = 256 << 10;

    private final long storeId;
    private final long firstNumber;
    private @Nullable Log log;
    private long bytes;

    /// A copy of the files from number `firstNumber` on.
    Copy(long storeId, long firstNumber) {
      this.storeId = storeId;
      this.firstNumber = firstNumber;
    }

    void add(LogReader record) throws IOException {
      if (record.header().number() < firstNumber) {
        return;
      }
      if (log == null) {
        log = begin();
      }
      log.reserve(log.bufferedBytes() + Log.recordBytes(record.payloadLength()));
      log.add(
          LogFormat.DATA,
          record.firstSequence(),
          record.buffer(),
          record.payloadOffset(),
          record.payloadLength());
      if (log.bufferedBytes() > APPEND_BYTES) {
        log.append(false);
      }
    }

    private Log begin() throws IOException {
      long number = nextFileNumber++;
      FileHeader header = LogFiles.header(number, storeId, setup.random());
      Log begun = new Log(LogSegment.growing(files, FileNames.log(path, number), header), this);
      created.add(FileNames.log(path, number));
      return begun;
    }

    /// Brings the copy to the disk; returns the edits that put it in the place of the files it
    /// copies.
    List<Edit> finish(List<Version.LogFile> logs) throws IOException {
      List<Edit> edits = new ArrayList<>();
      for (Version.LogFile file : logs) {
        if (file.number() >= firstNumber) {
          edits.add(new Edit.LogDropped(file.number()));
        }
      }
      if (log != null) {
        bytes = log.seal();
        edits.add(new Edit.LogAdded(log.segment().number()));
        edits.add(new Edit.LogEnded(log.segment().number(), bytes));
      }
      return edits;
    }

    @Override
    public LogSegment next(long sizeBytesMin) throws IOException {
      throw new IOException("the log is too large to be copied into one file");
    }

    @Override
    public void finished(LogSegment segment, long endOffset) {}

    @Override
    public void close() throws IOException {
      if (log != null) {
        log.close();
      }
    }
  }
}
