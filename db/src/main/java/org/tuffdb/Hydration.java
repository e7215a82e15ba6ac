package org.tuffdb;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.compact.Compaction;
import org.tuffdb.compact.Snapshots;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.StalledException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.DirectoryLock;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.log.Log;
import org.tuffdb.log.LogCopy;
import org.tuffdb.log.LogReader;
import org.tuffdb.log.LogReplay;
import org.tuffdb.log.LogSegment;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Levels;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Opens a store: brings what its directory holds into memory, and makes sure that it is on the
/// disk before anybody reads it.
///
/// ```
/// manifest → tables → log, replayed into memtables → what of it may not be on the disk, copied
///          → a new log file → a new manifest → orphans are deleted
/// ```
///
/// The log of a store that was not closed can be read, and yet may not be on the disk: it may stand
/// in the operating system's cache alone, and to sync it now is no cure ([LogCopy]). So a file of
/// which no record vouches for the end is *copied*, the copy is synced and takes its place, and the
/// new manifest says where each file ends: nothing behind that is ever read again, and nothing
/// before it may be missing. A crash at any moment of opening leaves the old manifest or the new
/// one, and both are true.
///
/// The memtables stay as they are, and are flushed in the background like any others. Only what
/// memory does not allow to be kept is flushed here.
///
/// Nothing is ever appended to what was recovered: the store goes on in a new log file and a new
/// manifest.
final class Hydration implements Keyspaces.Room {
  private static final int TORN_COPIES_MAX = 8;

  private final Setup setup;
  private final FileSystem files;
  private final Path path;
  private final Directory directory;
  private final Keyspaces keyspaces;
  private final Lifetimes lifetimes;
  private final BlockCache cache;
  private final Failure failure;
  private final BatchReader batch = new BatchReader();

  /// Files that nothing refers to yet.
  private final List<Path> created = new ArrayList<>();

  /// Takes what was opened and is handed on, to be closed if opening fails.
  private final List<Closeable> opened;

  private final long begunNanos;

  /// What is to be told to the manifest of what was flushed.
  private final List<Edit> flushed = new ArrayList<>();

  /// The first sequences of the files of the log that hold entries.
  private final Map<Long, Long> firstSequences = new HashMap<>();

  /// The file of the log that was replayed from last.
  private long lastLogNumber;

  private Version old = Version.empty();
  private @Nullable Tables tables;
  private long storeId;
  private long nextFileNumber;
  private long lastSequence;
  private long entries;
  private long flushedBytes;

  /// What opening leaves behind.
  ///
  /// @param log the new log, empty, behind everything that was replayed
  /// @param lastSequence the sequence of the last entry that was replayed
  record Opened(Manifest manifest, LogFiles logFiles, Log log, Tables tables, long lastSequence) {}

  Hydration(
      Setup setup,
      Directory directory,
      Keyspaces keyspaces,
      Lifetimes lifetimes,
      BlockCache cache,
      Failure failure,
      List<Closeable> opened) {
    this.setup = setup;
    this.files = setup.files();
    this.path = setup.directory();
    this.directory = directory;
    this.keyspaces = keyspaces;
    this.lifetimes = lifetimes;
    this.cache = cache;
    this.failure = failure;
    this.opened = opened;
    this.begunNanos = setup.clock().nanos();
  }

  Opened run() throws IOException {
    try {
      return open();
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
  }

  private Opened open() throws IOException {
    Manifest.requireUnused(files, path);
    Manifest.@Nullable Recovered found = Manifest.read(files, path);
    Manifest.Recovered recovered = found != null ? found : create();
    try (DirectoryLock _ = Manifest.claim(files, path, recovered)) {
      if (found != null && recovered.version().logs().isEmpty()) {
        // Whoever made the store was killed, perhaps before its `CURRENT` was on the disk.
        Manifest.makeCurrentAgain(files, directory, recovered);
      }
      return open(recovered);
    }
  }

  private Opened open(Manifest.Recovered recovered) throws IOException {
    old = recovered.version();
    storeId = recovered.storeId();
    prepareMemory();
    nextFileNumber = Math.max(old.nextFileNumber(), highestNumber() + 1);
    Tables openTables =
        new Tables(setup, storeId, Tables.sizeBytes(old), cache, lifetimes, failure);
    tables = openTables;
    for (Map.Entry<Integer, Version.KeyspaceVersion> each : old.keyspaces().entrySet()) {
      Levels levels = openTables.levels(each.getValue(), Map.of());
      keyspaces.add(each.getKey(), each.getValue().name(), lifetimes, levels);
    }
    List<Edit> edits = new ArrayList<>(makeDurable(replay()));
    LogSegment first = LogFiles.first(setup, nextFileNumber++, storeId);
    opened.add(first);
    created.add(first.path());
    edits.add(new Edit.LogAdded(first.number()));
    edits.add(new Edit.NextFile(nextFileNumber));
    Manifest manifest = begin(old.with(edits), storeId);
    opened.add(manifest);
    LogFiles logFiles = new LogFiles(setup, directory, manifest, failure);
    firstSequences.forEach(logFiles::begins);
    lifetimes.deleteSoon(orphans(manifest));
    long nanos = setup.clock().nanos() - begunNanos;
    setup.listener().on(new Event.Opened(path, entries, flushedBytes, nanos));
    Log log = new Log(first, lastSequence + 1, logFiles);
    return new Opened(manifest, logFiles, log, openTables, lastSequence);
  }

  /// Where there is much to replay, has memory for it made ready while the rest is being opened:
  /// the kernel takes its time over pages that nobody has used before.
  private void prepareMemory() throws IOException {
    long bytes = 0;
    for (Version.LogFile log : old.logs()) {
      Path file = FileNames.log(path, log.number());
      bytes += log.isWhole() ? log.wholeBytes() : files.exists(file) ? sizeBytes(file) : 0;
    }
    if (bytes >= setup.options().memtableBytes()) {
      keyspaces.prepareMemory();
    }
  }

  private long sizeBytes(Path path) throws IOException {
    try (ReadFile file = files.openForRead(path)) {
      return file.sizeBytes();
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

  /// Closes what a failed opening has opened, and deletes what it has created, unless the manifest
  /// may refer to it.
  void undo() throws IOException {
    for (Keyspace keyspace : keyspaces.all()) {
      keyspace.view().unpin();
    }
    for (Path file : created) {
      files.delete(file);
    }
  }

  /// Creates an empty store. Its `CURRENT` is on the disk before there is any log, so where there
  /// is a log and no `CURRENT`, something was lost.
  private Manifest.Recovered create() throws IOException {
    for (String name : files.list(path)) {
      if (FileNames.logNumber(name).isPresent() || FileNames.tableNumber(name).isPresent()) {
        throw new CorruptionException(
            path.resolve(FileNames.CURRENT), -1, "the file is missing, and the store has data");
      }
    }
    long storeId = setup.random().nextLong();
    Version empty = Version.empty().with(List.of(new Edit.NextFile(highestNumber() + 1)));
    try (Manifest manifest = new Manifest(files, directory, storeId, empty, setup.random())) {
      return manifest.recovered();
    }
  }

  private long highestNumber() throws IOException {
    long highest = 0;
    for (String name : files.list(path)) {
      highest = Math.max(highest, FileNames.logNumber(name).orElse(0));
      highest = Math.max(highest, FileNames.tableNumber(name).orElse(0));
      highest = Math.max(highest, FileNames.manifestNumber(name).orElse(0));
      highest = Math.max(highest, FileNames.tornNumber(name).orElse(0));
    }
    return highest;
  }

  private List<LogReplay.Reached> replay() throws IOException {
    lastSequence = old.replayFrom() - 1;
    List<LogReplay.File> log = new ArrayList<>();
    for (Version.LogFile file : old.logs()) {
      Path name = FileNames.log(path, file.number());
      log.add(new LogReplay.File(name, file.number(), file.wholeBytes()));
    }
    List<LogReplay.Reached> reached = List.of();
    if (!log.isEmpty()) {
      LogReplay.Replayed replayed =
          new LogReplay(files, FileHeader.Kind.LOG, storeId, log).run(this::apply);
      for (LogReplay.Torn tail : replayed.torn()) {
        keep(tail);
      }
      reached = replayed.reached();
      orderAll();
    }
    requireNothingMissing();
    return reached;
  }

  /// What was replayed gets its order.
  private void orderAll() {
    for (Keyspace keyspace : keyspaces.all()) {
      for (Memtable memtable : keyspace.view().memtables()) {
        memtable.order();
      }
    }
  }

  /// The log was on the disk as far as any table goes before the manifest knew the table.
  private void requireNothingMissing() {
    for (Version.KeyspaceVersion keyspace : old.keyspaces().values()) {
      if (keyspace.flushedSequence() > lastSequence) {
        throw new CorruptionException(
            path,
            -1,
            "the log ends with sequence %d, and tables hold %d: a file of the log was cut or replaced"
                .formatted(lastSequence, keyspace.flushedSequence()));
      }
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
    long logNumber = record.header().number();
    if (logNumber != lastLogNumber) {
      lastLogNumber = logNumber;
      firstSequences.put(logNumber, lastSequence + 1);
    }
    batch.open(record.buffer(), record.payloadOffset(), record.payloadLength());
    while (batch.next()) {
      apply(++lastSequence, logNumber, record);
    }
    if (!batch.sound()) {
      throw new CorruptionException(record.path(), record.offset(), "the batch is malformed");
    }
  }

  private void apply(long sequence, long logNumber, LogReader record) {
    int id = batch.keyspaceId();
    Version.KeyspaceVersion version = old.keyspaces().get(id);
    Keyspace keyspace = keyspaces.find(id);
    if (version == null || keyspace == null) {
      if (id >= old.nextKeyspaceId()) {
        throw new CorruptionException(record.path(), record.offset(), "unknown keyspace " + id);
      }
      return; // it was dropped
    }
    if (sequence > version.flushedSequence()) {
      keyspaces.hydrate(keyspace, sequence, batch, logNumber, this);
      entries++;
    }
  }

  /// A memtable that fills up waits to be flushed, as long as memory allows.
  @Override
  public void full(Keyspace keyspace) {
    for (Memtable memtable : keyspace.view().memtables()) {
      if (!memtable.equals(keyspace.view().active())) {
        memtable.order();
      }
    }
  }

  /// Few large memtables are read faster later than many small ones.
  @Override
  public boolean isPatient() {
    return true;
  }

  /// The writes to come may need some; until then it would only cost time.
  @Override
  public void needsMemory() {}

  @Override
  public void await(long bytes, BooleanSupplier reserved) {
    while (!reserved.getAsBoolean()) {
      Keyspace first = keyspaces.oldestFrozen();
      if (first == null) {
        first = keyspaces.largestActive();
        if (first == null) {
          throw new StalledException(
              "an entry of %d bytes needs more than half of Options.memory: raise it"
                  .formatted(bytes));
        }
        first.change(View::frozen, false);
      }
      flushOldest(first);
    }
  }

  private void flushAll() {
    for (Keyspace keyspace : keyspaces.all()) {
      Memtable active = keyspace.view().active();
      if (active != null && !active.isEmpty()) {
        keyspace.change(View::frozen, false);
      }
    }
    for (Keyspace next; (next = keyspaces.oldestFrozen()) != null; ) {
      flushOldest(next);
    }
  }

  private void flushOldest(Keyspace keyspace) {
    try {
      flush(keyspace, Objects.requireNonNull(keyspace.view().oldestFrozen(), "frozen before"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed); // run() throws what is in it
    }
  }

  private void flush(Keyspace keyspace, Memtable memtable) throws IOException {
    memtable.order();
    Tables open = Objects.requireNonNull(tables, "made before the log is replayed");
    Options options = setup.options();
    NewTables written =
        new NewTables(
            setup,
            directory,
            open,
            storeId,
            Tables.options(options, 0, options.levels()),
            () -> nextFileNumber++);
    try {
      List<TableInfo> infos =
          Compaction.flush(
                  memtable.cursor(), memtable.rangeDeletes(), Snapshots.NONE, written, _ -> false)
              .tables();
      for (TableInfo info : infos) {
        flushed.add(new Edit.TableAdded(keyspace.id(), 0, info));
        flushedBytes += info.sizeBytes();
      }
      flushed.add(new Edit.Flushed(keyspace.id(), memtable.newestSequence()));
      Levels levels = keyspace.view().levels().withNewest(written.open(infos));
      keyspace.change(view -> view.withFlushed(levels), true);
    } finally {
      created.addAll(written.created());
    }
  }

  /// Brings what was replayed to the disk, and returns the edits that say so. Files of which no
  /// memtable needs anything are dropped.
  private List<Edit> makeDurable(List<LogReplay.Reached> reached) throws IOException {
    if (reached.size() > Maintenance.LOG_FILES_MAX) {
      flushAll();
    }
    long needed = keyspaces.firstLogNeeded(Long.MAX_VALUE, null);
    firstSequences.keySet().removeIf(number -> number < needed);
    List<Edit> edits = new ArrayList<>(flushed);
    for (Version.LogFile log : old.logs()) {
      if (!firstSequences.containsKey(log.number())) {
        edits.add(new Edit.LogDropped(log.number()));
      }
    }
    for (LogReplay.Reached file : reached) {
      long number = file.file().number();
      if (file.file().wholeBytes() < 0 && firstSequences.containsKey(number)) {
        copy(file);
        edits.add(new Edit.LogEnded(number, file.endOffset()));
      }
    }
    boolean anything = !firstSequences.isEmpty();
    long from = anything ? Collections.min(firstSequences.values()) : lastSequence + 1;
    edits.add(new Edit.ReplayFrom(from));
    return edits;
  }

  /// The new manifest's `CURRENT` takes the names with it to the disk.
  private void copy(LogReplay.Reached file) throws IOException {
    if (file.syncedOffset() < file.endOffset()) {
      LogCopy.run(files, file.file().path(), file.file().number(), file.endOffset());
    }
  }

  /// Keeps a copy of what a crash cut short, for whoever wants to look at it. Nothing depends on
  /// it: it is not synced, and where it cannot be made the store is opened all the same.
  private void keep(LogReplay.Torn tail) {
    Path copy = FileNames.torn(path, tail.number());
    try {
      copy(tail, copy);
    } catch (IOException unkept) {
      failure.report(unkept);
      deleteIfThere(copy);
    }
    setup.listener().on(new Event.TornTailFound(tail.path(), tail.offset(), tail.bytes(), copy));
  }

  private void deleteIfThere(Path copy) {
    try {
      if (files.exists(copy)) {
        files.delete(copy);
      }
    } catch (IOException leftOver) {
      failure.report(leftOver);
    }
  }

  private void copy(LogReplay.Torn tail, Path copy) throws IOException {
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
  }

  /// How to delete what nothing refers to and may be large. The rest of it is deleted here. None of
  /// it is used again: who knows what syncs of it have failed.
  private List<Runnable> orphans(Manifest manifest) throws IOException {
    List<Runnable> deletions = new ArrayList<>();
    Set<Long> live = new HashSet<>();
    manifest.version().logs().forEach(log -> live.add(log.number()));
    for (Version.KeyspaceVersion keyspace : manifest.version().keyspaces().values()) {
      keyspace.levels().forEach(level -> level.forEach(table -> live.add(table.number())));
    }
    long torn = 0;
    for (String name : files.list(path).reversed()) {
      Path file = path.resolve(name);
      OptionalLong log = FileNames.logNumber(name);
      OptionalLong table = FileNames.tableNumber(name);
      OptionalLong other = FileNames.manifestNumber(name);
      if ((log.isPresent() && !live.contains(log.getAsLong()))
          || (table.isPresent() && !live.contains(table.getAsLong()))) {
        deletions.add(() -> delete(file));
      } else if ((other.isPresent() && !manifest.path().equals(file))
          || FileNames.isCopy(name)
          || (FileNames.tornNumber(name).isPresent() && ++torn > TORN_COPIES_MAX)) {
        delete(file);
      }
    }
    return deletions;
  }

  /// The store is open by now: what cannot be deleted is left to the next opening.
  private void delete(Path orphan) {
    try {
      directory.requireInPlace();
      files.delete(orphan);
      setup.listener().on(new Event.FileDeleted(orphan));
    } catch (IOException leftOver) {
      failure.report(leftOver);
    }
  }
}
