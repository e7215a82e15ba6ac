package org.tuffdb;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Clock;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.DirectoryLock;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.LatchedDirectory;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.log.Log;
import org.tuffdb.table.BlockCache;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// A durable, ordered key-value store in a directory of its own.
///
/// ```
/// try (Db db = Db.open(Path.of("data"))) {
///   db.put(key, value);
///   byte[] found = db.get(key);
/// }
/// ```
///
/// *What a write promises.* A method that writes returns when the write is as durable as asked: by
/// default on the disk ([Durability#SYNC]). From then on every reader sees it. A synced write is
/// seen by nobody before it is on the disk, so nothing that was read can be lost in a power cut,
/// except what was written with [Durability#BUFFERED]: [#durableSnapshot()] does not see that
/// before it is durable. Writes take effect in one order, and after a crash a beginning of that
/// order is there, with every write in it that was acknowledged as synced.
///
/// *When something goes wrong.* A write throws, besides what is said at each method:
///
/// - [DbClosedException] after [#close()];
/// - [org.tuffdb.error.StalledException] if the memory budget is used up: nothing was written;
/// - [OutOfSpaceException] if the disk is full: nothing was written, and a later write may succeed;
/// - [org.tuffdb.error.OutcomeUnknownException] if a sync failed: the write, or the keyspace that
///   was to be created or dropped, may or may not be there after the next opening;
/// - [org.tuffdb.error.ReadOnlyException] for every write after that: reads go on.
///
/// What flushes and merges tables goes on by itself, and is tried three times when it fails. A
/// flush that fails for good ends writing as a failed sync does, and so does a merge that cannot
/// write; one that cannot read what is there ends the merges of its keyspace.
///
/// Thread-safe, for platform and virtual threads; an interrupt neither ends nor harms an operation.
/// The methods of [Queryable] read the default keyspace.
public final class Db implements Queryable, AutoCloseable {
  private final Setup setup;
  private final GuardedListener guard;
  private final Keyspaces keyspaces;
  private final Failure failure;
  private final Readers readers;
  private final OpenSnapshots snapshots;
  private final BlockCache cache;
  private final Lifetimes lifetimes;
  private final LeakWatch watchedSnapshots;
  private final LeakWatch cursors;
  private final DirectoryLock lock;
  private final Directory directory;
  private final Manifest manifest;
  private final LogFiles logFiles;
  private final Log log;
  private final long openedSequence;
  private final Tables tables;
  private final CommitPipeline pipeline;
  private final Maintenance maintenance;
  private final KeyspaceCatalog catalog;
  private final Keyspace defaultKeyspace;

  private static final long CLOSE_RETRY_NANOS = 1_000_000;

  private final Closing closing = new Closing();

  /// Opens the store in `directory` with default options, creating it if there is none: see
  /// [Builder#open()].
  public static Db open(Path directory) {
    return builder(directory).open();
  }

  /// A way to open the store in `directory` with other options.
  public static Builder builder(Path directory) {
    return new Builder(directory);
  }

  private Db(Setup setup) throws IOException {
    FileSystem files = setup.files();
    this.setup = setup;
    this.guard = setup.guard();
    this.failure = new Failure(setup.listener());
    this.readers = new Readers(setup.background(), failure);
    this.snapshots = new OpenSnapshots();
    this.keyspaces = new Keyspaces(this, setup.options(), setup.background());
    this.cache =
        new BlockCache(Tables.cacheBytesMax(setup.options()), setup.options().blockBytes());
    this.watchedSnapshots = new LeakWatch("a snapshot", setup.listener());
    this.cursors = new LeakWatch("a cursor", setup.listener());
    List<Closeable> opened = new ArrayList<>();
    try {
      setup.askAhead();
      files.createDirectories(setup.directory());
      this.directory = new LatchedDirectory(files.openDirectory(setup.directory()));
      opened.add(directory);
      this.lock = files.lock(setup.directory().resolve(FileNames.LOCK));
      opened.add(lock);
      this.lifetimes = new Lifetimes(setup, directory, failure, cache, keyspaces);
      opened.add(lifetimes::close);
      Hydration hydration =
          new Hydration(setup, directory, keyspaces, lifetimes, cache, failure, opened);
      opened.add(hydration::undo);
      Hydration.Opened hydrated = hydration.run();
      this.manifest = hydrated.manifest();
      this.logFiles = hydrated.logFiles();
      this.log = hydrated.log();
      this.tables = hydrated.tables();
      this.openedSequence = hydrated.lastSequence();
      this.defaultKeyspace = keyspaces.defaultKeyspace();
      this.pipeline =
          new CommitPipeline(
              log, keyspaces, openedSequence, failure, setup.background(), setup.callbacks());
      this.catalog =
          new KeyspaceCatalog(
              keyspaces, manifest, tables, lifetimes, pipeline, failure, this::requireOpen);
      this.maintenance =
          new Maintenance(
              setup, directory, manifest, logFiles, log, keyspaces, readers, tables, pipeline,
              snapshots, failure);
    } catch (Throwable refused) {
      setup.background().close();
      closeAll(refused, opened.reversed());
      throw refused;
    }
    start();
  }

  private void start() throws IOException {
    try {
      pipeline.begin(maintenance, maintenance.backpressure(), maintenance::idle);
      logFiles.prepareSoon();
      tables.adapt(manifest, keyspaces);
      maintenance.opened();
    } catch (Throwable refused) {
      closeAll(refused, List.of(this::close));
      throw refused;
    }
  }

  private static void closeAll(Throwable cause, List<Closeable> resources) {
    for (Closeable resource : resources) {
      try {
        resource.close();
      } catch (IOException | RuntimeException | Error another) {
        cause.addSuppressed(another);
      }
    }
  }

  /// Sets `key` to `value`; on the disk when this returns.
  ///
  /// @param key 1 byte to 64 KiB
  /// @param value 0 bytes to 256 MiB
  /// @throws IllegalArgumentException if one of them is too long or the key is empty; the same goes
  ///   for all methods that write
  public void put(byte[] key, byte[] value) {
    defaultKeyspace.put(key, value);
  }

  /// Sets `key` to `value`, as durable as asked when this returns.
  public void put(byte[] key, byte[] value, Durability durability) {
    defaultKeyspace.put(key, value, durability);
  }

  /// Removes `key`; does nothing if it is not there. On the disk when this returns.
  public void delete(byte[] key) {
    defaultKeyspace.delete(key);
  }

  /// Removes `key`, as durable as asked when this returns.
  public void delete(byte[] key, Durability durability) {
    defaultKeyspace.delete(key, durability);
  }

  /// Applies all of `batch` or nothing; on the disk when this returns.
  ///
  /// @throws IllegalArgumentException if it writes to a keyspace of another store
  public void write(Batch batch) {
    write(batch, Durability.SYNC);
  }

  /// Applies all of `batch` or nothing, as durable as asked when this returns.
  public void write(Batch batch, Durability durability) {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(durability, "durability");
    requireWritable();
    pipeline.commit(batch, durability);
  }

  /// Applies all of `batch` or nothing. The stage completes when that is as durable as asked, or
  /// with what [#write(Batch, Durability)] would throw. Misuse is thrown at once. The batch is
  /// copied: it may be used anew at once. The writes of one thread take effect in the order of its
  /// calls. They wait in the heap: it is for the caller to limit how many are under way.
  ///
  /// What depends on the stage when it completes runs on the executor that the builder was given;
  /// what is made to depend on it later, on the thread that does so.
  public CompletionStage<@Nullable Void> writeAsync(Batch batch, Durability durability) {
    Objects.requireNonNull(durability, "durability");
    requireOpen();
    try {
      return pipeline.commitAsync(batch.copy(), durability);
    } catch (DbClosedException misuse) {
      throw misuse;
    } catch (DbException refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  /// Brings everything to the disk that was written before this call.
  public void sync() {
    write(new Batch(), Durability.SYNC);
  }

  /// The store as readers see it now. Nobody waits for it, but what it sees cannot be given up:
  /// close it after use.
  public Snapshot snapshot() {
    requireOpen();
    return snapshot(pipeline::visibleSequence);
  }

  /// The store as far as it is on the disk: no crash can take back what this shows, even where
  /// others write with [Durability#BUFFERED].
  public Snapshot durableSnapshot() {
    requireOpen();
    return snapshot(pipeline::durableSequence);
  }

  private Snapshot snapshot(LongSupplier now) {
    long sequence = snapshots.open(now);
    try {
      return new Snapshot(this, sequence, defaultKeyspace, watchedSnapshots);
    } catch (Throwable refused) {
      snapshots.close(sequence);
      throw refused;
    }
  }

  /// The keyspace of that name, which is created, durably, if there is none.
  ///
  /// @param name 1 to 255 characters; `default` is the one that the methods of this class use
  public Keyspace keyspace(String name) {
    requireWritable();
    Keyspace known = keyspaces.find(name);
    return known != null ? known : catalog.create(name);
  }

  /// The names of all keyspaces, the oldest first.
  public List<String> keyspaces() {
    requireOpen();
    return manifest.version().keyspaces().values().stream()
        .map(Version.KeyspaceVersion::name)
        .toList();
  }

  /// Removes a keyspace with all that is in it, at once and for good; on the disk when this
  /// returns, with everything that was written before. Snapshots lose it too, and whoever still
  /// uses it gets a [DbClosedException].
  ///
  /// @throws IllegalArgumentException if there is no such keyspace, or it is the default one
  public void dropKeyspace(String name) {
    requireWritable();
    pipeline.whileStill(_ -> catalog.drop(name));
  }

  /// Removes all keys of `range`; on the disk when this returns. It takes no longer than removing
  /// one key; the room they take is given back in the background.
  public void deleteRange(KeyRange range) {
    defaultKeyspace.deleteRange(range);
  }

  /// Removes all keys of `range`, as durable as asked when this returns.
  public void deleteRange(KeyRange range, Durability durability) {
    defaultKeyspace.deleteRange(range, durability);
  }

  /// Brings everything that was written so far from memory and the log into tables. Nobody has to
  /// call this: it happens by itself as memory fills.
  ///
  /// @throws OutOfSpaceException if the disk is full; it is tried again in the background
  public void flush() {
    requireWritable();
    maintenance.flushAll();
  }

  /// Merges all tables with keys of `range`, in the default keyspace, down to the last level, so
  /// that what was deleted or overwritten takes no room any more, as far as no snapshot needs it.
  /// Nobody has to call this: see [#settle()] for what happens by itself.
  ///
  /// @throws OutOfSpaceException if the disk is full; it is tried again in the background
  public void compact(KeyRange range) {
    defaultKeyspace.compact(range);
  }

  void compact(Keyspace keyspace, KeyRange range) {
    flush();
    if (!range.isEmpty()) {
      maintenance.compact(keyspace, range);
    }
  }

  /// Waits until no flush and no compaction is due, having begun those that a store begins by
  /// itself when nobody has written for a second: after them it takes little more room than its
  /// live data, and opens fast. Writes that go on meanwhile may keep it from returning.
  ///
  /// @throws OutOfSpaceException if the disk is full; it is tried again in the background
  public void settle() {
    requireWritable();
    maintenance.settle(() -> lifetimes.hasObsolete() && cursors.openCount() == 0);
  }

  /// Figures of this moment.
  public Stats stats() {
    requireOpen();
    return new StatsReport(setup.options(), keyspaces, manifest, maintenance, tables, cache)
        .make(
            pipeline.visibleSequence(),
            pipeline.durableSequence(),
            watchedSnapshots.openCount(),
            cursors.openCount(),
            !failure.isLatched());
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return defaultKeyspace.get(key);
  }

  @Override
  public boolean contains(byte[] key) {
    return defaultKeyspace.contains(key);
  }

  @Override
  public int get(byte[] key, byte[] buffer) {
    return defaultKeyspace.get(key, buffer);
  }

  @Override
  public <T extends @Nullable Object> @Nullable T get(
      byte[] key, Function<? super MemorySegment, ? extends T> reader) {
    return defaultKeyspace.get(key, reader);
  }

  @Override
  public Cursor scan(KeyRange range) {
    return defaultKeyspace.scan(range);
  }

  /// Closes the store: brings everything to the disk, writes that are under way included, and frees
  /// the directory. Calls that come later throw [DbClosedException]. Closing again waits for the
  /// first to be done.
  ///
  /// @throws DbException if not everything could be brought to the disk; the store is closed all
  ///   the same
  @Override
  public void close() {
    guard.requireOutside();
    // Before anything is given up: the heap may be full.
    Closeable tellWhoWaits = maintenance::closing;
    Closeable endWrites = pipeline::close;
    Closeable[] endWork = {catalog::close, maintenance::close, setup.background()::close};
    Closeable[] finish = {
      () -> maintenance.flushToClose(pipeline.visibleSequence()), this::finishLog
    };
    Closeable[] free = {
      lifetimes::close, this::releaseViews, logFiles, log, manifest, directory, lock
    };
    Closeable sync = pipeline::syncBeside;
    if (!closing.begin()) {
      return;
    }
    try {
      boolean _ = closing.attempt(tellWhoWaits);
      boolean leads = closing.attempt(endWrites);
      closing.attemptAll(endWork);
      if (leads) {
        closing.attemptAll(finish);
      } else {
        // Somebody may be writing yet: what ends the log would come to stand before that.
        boolean _ = closing.attempt(sync);
      }
      closing.attemptAll(free);
    } finally {
      closing.end();
    }
    closing.requireWhole();
  }

  /// Lets go of memory and tables as soon as nobody reads them. A read may be under way for as long
  /// as its caller likes, even in the thread that closes.
  private void releaseViews() {
    for (Keyspace keyspace : keyspaces.all()) {
      readers.whenQuiet(keyspace.view()::unpin);
    }
    if (!readers.advance()) {
      Background background = setup.background();
      var _ =
          background.start(
              "closer",
              () -> {
                while (!readers.advance()) {
                  background.pause(CLOSE_RETRY_NANOS);
                }
              });
    }
  }

  private void finishLog() throws IOException {
    if (failure.isLatched()) {
      if (pipeline.durableSequence() < pipeline.visibleSequence()) {
        // The log may be sound, whatever has failed; it refuses if not.
        try {
          pipeline.syncBeside();
        } catch (IOException unsynced) {
          failure.check();
        }
      }
    } else if (pipeline.visibleSequence() != openedSequence) {
      logFiles.end(log.segment(), log.seal());
    }
  }

  private void requireWritable() {
    guard.requireOutside();
    requireOpen();
  }

  void requireOpen() {
    if (closing.isBegun()) {
      throw new DbClosedException("the store is closed: " + setup.directory());
    }
  }

  /// Up to where readers see the store.
  long visibleSequence() {
    requireOpen();
    return pipeline.visibleSequence();
  }

  void commit(Keyspace keyspace, byte kind, byte[] key, byte[] value, Durability durability) {
    Objects.requireNonNull(durability, "durability");
    requireWritable();
    pipeline.commit(keyspace, kind, key, value, durability);
  }

  @Nullable Keyspace findKeyspace(String name) {
    requireOpen();
    return keyspaces.find(name);
  }

  Readers readers() {
    return readers;
  }

  OpenSnapshots snapshots() {
    return snapshots;
  }

  LeakWatch cursors() {
    return cursors;
  }

  @Override
  public String toString() {
    return "Db[" + setup.directory() + "]";
  }

  /// Opens stores. What it is not given is the operating system's.
  public static final class Builder {
    private final Path directory;
    private Options options = Options.defaults();
    private FileSystem files = FileSystem.disk();
    private Listener listener = Listener.none();
    private Clock clock = Clock.system();
    private RandomGenerator random = new SystemRandom();
    private Executor callbacks = ForkJoinPool.commonPool();
    private @Nullable Background background;

    private Builder(Path directory) {
      this.directory = Objects.requireNonNull(directory, "directory");
    }

    /// How the store uses the machine.
    public Builder options(Options newOptions) {
      options = Objects.requireNonNull(newOptions, "options");
      return this;
    }

    /// Where its files are.
    public Builder fileSystem(FileSystem newFiles) {
      files = Objects.requireNonNull(newFiles, "fileSystem");
      return this;
    }

    /// Who is told what happens in it.
    public Builder listener(Listener newListener) {
      listener = Objects.requireNonNull(newListener, "listener");
      return this;
    }

    /// Its source of time.
    public Builder clock(Clock newClock) {
      clock = Objects.requireNonNull(newClock, "clock");
      return this;
    }

    /// Its source of chance. It is used by one thread at a time.
    public Builder random(RandomGenerator newRandom) {
      random = oneAtATime(Objects.requireNonNull(newRandom, "random"));
      return this;
    }

    private static RandomGenerator oneAtATime(RandomGenerator random) {
      return () -> {
        synchronized (random) {
          return random.nextLong();
        }
      };
    }

    /// Where its background work runs. The store closes it, also if it cannot be opened.
    public Builder background(Background newBackground) {
      background = Objects.requireNonNull(newBackground, "background");
      return this;
    }

    /// What runs the actions that depend on the stages of [Db#writeAsync]; by default the common
    /// pool. One that runs them at once does so on the thread that commits for virtual threads,
    /// too: they must not wait for such a write.
    public Builder executor(Executor newCallbacks) {
      callbacks = Objects.requireNonNull(newCallbacks, "executor");
      return this;
    }

    /// Opens the store, creating it if there is none. What was acknowledged before is there, and
    /// all that will be read is on the disk when this returns.
    ///
    /// @throws org.tuffdb.error.DbLockedException if another process, or another `Db` of this one,
    ///   has it open
    /// @throws org.tuffdb.error.CorruptionException if its files are damaged
    /// @throws org.tuffdb.error.FormatTooNewException if a newer TuffDB wrote it
    /// @throws OutOfSpaceException if the disk has no room for what opening writes
    /// @throws org.tuffdb.error.StalledException if the log holds an entry that needs more than
    ///   half of [Options.Builder#memory(long)]
    /// @throws DbException if its files cannot be read or written
    public Db open() {
      Background runs = background != null ? background : Background.threads("tuffdb " + directory);
      Setup setup = new Setup(directory, options, files, listener, clock, random, runs, callbacks);
      try {
        return new Db(setup);
      } catch (NoSpaceException full) {
        throw new OutOfSpaceException("the disk has no room to open " + directory, full);
      } catch (IOException failed) {
        throw new DbException("cannot open " + directory + ": " + failed.getMessage(), failed);
      }
    }
  }
}
