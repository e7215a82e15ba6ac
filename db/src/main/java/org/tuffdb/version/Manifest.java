package org.tuffdb.version;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.DirectoryLock;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.log.Log;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogReader;
import org.tuffdb.log.LogReplay;
import org.tuffdb.log.LogSegment;

/// The log of edits that says what the store consists of. Its first record makes the whole version
/// (the first ones together, if there are very many tables), and each further one changes it;
/// `CURRENT` names the file. Opening a store always begins a new manifest, as nothing is ever
/// appended to a recovered log, and so does one that has grown large.
///
/// The file is locked for as long as it is written, besides the store's lock file: somebody may
/// have deleted that, or put another in its place, and the next process would take it for nobody's.
///
/// Thread-safe. After a failure other than a full disk the manifest must not be used any more: what
/// it says on the disk is unknown.
public final class Manifest implements Closeable {
  /// A manifest is written anew when it has grown by this much, and to twice its first size.
  private static final long GROWTH_BYTES_MIN = 1 << 20;

  private final FileSystem files;
  private final Directory directory;
  private final long storeId;
  private final RandomGenerator random;
  private volatile Version version;
  private Written current;

  /// Why it is unknown what the last edit left in the file. Where a rewrite has failed nothing is
  /// kept here: as the file still has grown, the next edit rewrites it first.
  private @Nullable Throwable broken;

  /// What a manifest said.
  ///
  /// @param number that of its file
  public record Recovered(long number, long storeId, Version version) {}

  /// A file that edits are appended to.
  private record Written(long number, Path path, Log log, DirectoryLock lock, long firstBytes)
      implements Closeable {
    @Override
    public void close() throws IOException {
      try (lock) {
        log.close();
      }
    }
  }

  /// Makes sure that nobody writes the current manifest. Then nobody ever will: whoever opens the
  /// store begins another one.
  ///
  /// @throws DbLockedException if the store is open, here or in another process
  public static void requireUnused(FileSystem files, Path directory) throws IOException {
    OptionalLong number = Current.read(files, directory);
    if (number.isPresent() && files.exists(FileNames.manifest(directory, number.getAsLong()))) {
      files.lock(FileNames.manifest(directory, number.getAsLong())).close();
    }
  }

  /// Keeps others from doing the same while the store is brought from what `read` says to a
  /// manifest of its own.
  ///
  /// @throws DbLockedException if somebody is ahead
  public static DirectoryLock claim(FileSystem files, Path directory, Recovered read)
      throws IOException {
    DirectoryLock claim = files.lock(FileNames.manifest(directory, read.number()));
    try {
      if (Current.read(files, directory).orElse(-1) != read.number()) {
        throw new DbLockedException(directory + ": somebody else has opened this store meanwhile");
      }
      return claim;
    } catch (Throwable refused) {
      claim.close();
      throw refused;
    }
  }

  /// Has the manifest that was read be the current one on the disk, too.
  public static void makeCurrentAgain(FileSystem files, Directory directory, Recovered read)
      throws IOException {
    Current.write(files, directory, FileNames.manifest(directory.path(), read.number()));
  }

  /// Reads the current manifest; null if there is no `CURRENT`.
  ///
  /// @throws CorruptionException if it is damaged
  public static @Nullable Recovered read(FileSystem files, Path directory) throws IOException {
    OptionalLong number = Current.read(files, directory);
    return number.isEmpty() ? null : read(files, directory, number.getAsLong());
  }

  private static Recovered read(FileSystem files, Path directory, long number) throws IOException {
    Path path = FileNames.manifest(directory, number);
    Replay replay = new Replay();
    List<LogReplay.File> file = List.of(new LogReplay.File(path, number, -1));
    new LogReplay(files, FileHeader.Kind.MANIFEST, null, file).run(replay);
    if (!replay.begun) {
      throw new CorruptionException(path, FileHeader.BYTES, "the manifest holds no record");
    }
    return new Recovered(number, replay.storeId, replay.version);
  }

  private static final class Replay implements LogReplay.Visitor {
    private Version version = Version.empty();
    private boolean begun;
    private long storeId;

    @Override
    public void record(LogReader reader) {
      begun = true;
      storeId = reader.header().storeId();
      try {
        version =
            version.with(
                EditFormat.decode(reader.buffer(), reader.payloadOffset(), reader.payloadLength()));
      } catch (IllegalArgumentException wrong) {
        throw new CorruptionException(
            reader.path(), reader.offset(), "an edit makes no sense: " + wrong.getMessage());
      }
    }
  }

  /// Begins a manifest that says `version`, and makes it the current one. When this returns it is
  /// on the disk, with every creation in the directory before it.
  public Manifest(
      FileSystem files, Directory directory, long storeId, Version version, RandomGenerator random)
      throws IOException {
    this.files = files;
    this.directory = directory;
    this.storeId = storeId;
    this.random = random;
    this.version = version;
    this.current = begin(newFileNumber());
  }

  private Written begin(long number) throws IOException {
    directory.requireInPlace();
    Path at = FileNames.manifest(directory.path(), number);
    FileHeader header = new FileHeader(FileHeader.Kind.MANIFEST, number, storeId, random.nextInt());
    Log begun = new Log(LogSegment.growing(files, at, header), 0, NoSuccessor.INSTANCE);
    try {
      for (List<Edit> part : EditFormat.parts(version.asEdits())) {
        append(begun, part);
      }
      begun.mark();
      return makeCurrent(number, at, begun);
    } catch (NoSpaceException full) {
      begun.close();
      files.delete(at);
      throw full;
    } catch (Throwable failure) {
      begun.close();
      throw failure;
    }
  }

  /// Locks the file before `CURRENT` names it, so that nobody finds it without its lock.
  private Written makeCurrent(long number, Path at, Log begun) throws IOException {
    DirectoryLock lock = files.lock(at);
    try {
      Current.write(files, directory, at);
      return new Written(number, at, begun, lock, begun.endOffset());
    } catch (Throwable failure) {
      lock.close();
      throw failure;
    }
  }

  private static void append(Log log, List<Edit> edits) throws IOException {
    byte[] payload = EditFormat.encode(edits);
    log.reserve(Log.recordBytes(payload.length), 0);
    log.add(LogFormat.DATA, 0, payload, 0, payload.length);
    log.append(false);
    log.sync();
  }

  /// The version as of the last edit.
  public Version version() {
    return version;
  }

  /// The file it is in.
  public synchronized Path path() {
    return current.path();
  }

  public long storeId() {
    return storeId;
  }

  /// What [#read] would give now.
  public synchronized Recovered recovered() {
    return new Recovered(current.number(), storeId, version);
  }

  /// A number that no file has or had.
  ///
  /// @throws DbException if there is none
  public synchronized long newFileNumber() {
    long number = version.nextFileNumber();
    if (number > FileNames.NUMBER_MAX) {
      throw new DbException("the numbers of files have run out");
    }
    version = version.with(new Edit.NextFile(number + 1));
    return number;
  }

  /// Makes `edits` take effect, all of them or none. They are on the disk when this returns.
  ///
  /// @throws NoSpaceException if the disk is full: nothing has changed
  /// @throws IOException after which the manifest must not be used any more
  public void commit(Edit... edits) throws IOException {
    commit(List.of(edits));
  }

  /// The same for a list of edits.
  public synchronized void commit(List<Edit> edits) throws IOException {
    if (broken != null) {
      throw new IOException("an earlier edit failed", broken);
    }
    directory.requireInPlace();
    Version next = version.with(edits);
    if (hasGrown()) {
      rewrite();
      next = next.with(new Edit.NextFile(version.nextFileNumber()));
    }
    List<Edit> all = new ArrayList<>(edits);
    all.add(new Edit.NextFile(next.nextFileNumber()));
    try {
      append(current.log(), all);
    } catch (NoSpaceException full) {
      takeBack(full);
      throw full;
    } catch (Throwable unknown) {
      broken = unknown;
      throw unknown;
    }
    version = next;
    current.log().mark();
  }

  private boolean hasGrown() {
    long growthMax = Math.max(current.firstBytes(), GROWTH_BYTES_MIN);
    return current.log().endOffset() - current.firstBytes() > growthMax;
  }

  private void takeBack(NoSpaceException full) throws IOException {
    try {
      current.log().rollback();
    } catch (Throwable unknown) {
      unknown.addSuppressed(full);
      broken = unknown;
      throw unknown;
    }
  }

  private void rewrite() throws IOException {
    Written old = current;
    current = begin(newFileNumber());
    try {
      old.close();
      files.delete(old.path());
    } catch (IOException leftOver) {
      // The new one is current. The next opening deletes what is left.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    current.close();
  }

  /// A manifest is one file: a larger one is written anew.
  private enum NoSuccessor implements Log.Successor {
    INSTANCE;

    @Override
    public LogSegment next(LogSegment full, long sizeBytesMin) throws IOException {
      throw new IOException("the manifest would take more than " + sizeBytesMin + " bytes");
    }

    @Override
    public void finished(LogSegment segment, long endOffset) {}
  }
}
