package org.tuffdb;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Clock;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.log.Log;
import org.tuffdb.log.LogSegment;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Provides the log with its files. The next one is made ready in the background while the current
/// one fills, and the manifest knows it before the first record goes into it: so recovery misses no
/// file, and notices one that is missing.
final class LogFiles implements Log.Successor, Closeable {
  /// The first file of an opened store is small, to open fast; each next one is larger by this
  /// factor.
  private static final int GROWTH = 4;

  private static final long FIRST_BYTES = 256 << 10;

  /// A flush drops one or two files at a time; more would only take room.
  private static final int SPARES_MAX = 2;

  private final FileSystem files;
  private final Directory directory;
  private final Manifest manifest;
  private final Background background;
  private final Clock clock;
  private final RandomGenerator random;
  private final Failure failure;
  private final Listener listener;
  private final long firstBytes;
  private final long sizeBytesMax;

  private final Queue<Whole> whole = new ConcurrentLinkedQueue<>();

  /// The sequences of the first entries of the files that are whole.
  private final Map<Long, Long> firstSequences = new ConcurrentHashMap<>();

  /// Guards the fields below. Held while a file is prepared, so that whoever needs it waits for it.
  private final ReentrantLock preparing = new ReentrantLock();

  private final Queue<Spare> spares = new ArrayDeque<>();
  private long sizeBytes;

  /// For files that are made, by how the last one that was full has been used.
  private int chunkBytes = LogSegment.SYNCED_CHUNK_BYTES;

  private @Nullable LogSegment prepared;
  private boolean closed;

  LogFiles(Setup setup, Directory directory, Manifest manifest, Failure failure) {
    this.files = setup.files();
    this.directory = directory;
    this.manifest = manifest;
    this.background = setup.background();
    this.clock = setup.clock();
    this.random = setup.random();
    this.failure = failure;
    this.listener = setup.listener();
    this.sizeBytesMax = setup.options().logFileBytes();
    this.firstBytes = firstBytes(setup.options());
    this.sizeBytes = firstBytes;
  }

  private record Whole(LogSegment segment, long endOffset) {}

  private record Spare(Path path, long sizeBytes) {}

  private static long firstBytes(Options options) {
    return Math.min(FIRST_BYTES, options.logFileBytes());
  }

  static FileHeader header(long number, long storeId, RandomGenerator random) {
    return new FileHeader(FileHeader.Kind.LOG, number, storeId, random.nextInt());
  }

  /// The first file of the log of a store that is being opened.
  static LogSegment first(Setup setup, long number, long storeId) throws IOException {
    long bytes = firstBytes(setup.options());
    return LogSegment.create(
        setup.files(),
        FileNames.log(setup.directory(), number),
        header(number, storeId, setup.random()),
        bytes,
        LogSegment.SYNCED_CHUNK_BYTES);
  }

  private void discard(Path path) throws IOException {
    preparing.lock();
    try {
      long bytes = sizeBytes(path);
      if (spares.size() < SPARES_MAX && bytes == nextSizeBytes()) {
        spares.add(new Spare(path, bytes));
        return;
      }
    } finally {
      preparing.unlock();
    }
    delete(path);
  }

  private long sizeBytes(Path path) throws IOException {
    try (ReadFile file = files.openForRead(path)) {
      return file.sizeBytes();
    }
  }

  /// Deletes a file that nothing refers to. If that fails, the next opening does it.
  private void delete(Path path) {
    try {
      directory.requireInPlace();
      files.delete(path);
      listener.on(new Event.FileDeleted(path));
    } catch (IOException leftOver) {
      failure.report(leftOver);
    }
  }

  /// Begins to make the next file ready.
  void prepareSoon() {
    try {
      background.execute(Background.Lane.PREPARE, this::prepare);
    } catch (RuntimeException | OutOfMemoryError cause) {
      // The next file is made when it is needed.
      failure.report(cause);
    }
  }

  /// Whoever writes fast may begin with the file before its zeros are on the disk.
  private void prepare() {
    try {
      LogSegment made = tryPrepare();
      if (made != null) {
        writeBack(made);
      }
    } catch (IOException | RuntimeException | OutOfMemoryError cause) {
      // Whoever needs the file makes it then, and is told why if that fails too.
      failure.report(cause);
    }
  }

  /// A file whose zeros are lost is of no use: its first sync would fail, and end all writing.
  private void writeBack(LogSegment made) throws IOException {
    try {
      made.writeBack();
    } catch (IOException lost) {
      dropIfPrepared(made);
      throw lost;
    }
  }

  private void dropIfPrepared(LogSegment made) throws IOException {
    preparing.lock();
    try {
      if (made.equals(prepared)) {
        drop(made);
      }
    } finally {
      preparing.unlock();
    }
  }

  private @Nullable LogSegment tryPrepare() throws IOException {
    preparing.lock();
    try {
      if (prepared == null && !closed && !failure.isLatched()) {
        prepared = make(0);
        return prepared;
      }
      return null;
    } finally {
      preparing.unlock();
    }
  }

  @Override
  public LogSegment next(LogSegment full, long sizeBytesMin) throws IOException {
    preparing.lock();
    try {
      chunkBytes = full.fittingChunkBytes();
      LogSegment ready = prepared;
      if (ready != null && ready.sizeBytes() < sizeBytesMin) {
        drop(ready);
        ready = null;
      }
      LogSegment next = ready != null ? ready : make(sizeBytesMin);
      prepared = next;
      prepareSoon(); // where the stack ends in it, whoever comes next gets the file
      prepared = null;
      return next;
    } finally {
      preparing.unlock();
    }
  }

  /// Makes a file and has the manifest know it. Where the disk has no room for one of the usual
  /// size, a smaller one does.
  private LogSegment make(long sizeBytesMin) throws IOException {
    long wanted = Math.max(sizeBytesMin, nextSizeBytes());
    while (true) {
      try {
        return make(sizeBytesMin, wanted);
      } catch (NoSpaceException full) {
        if (wanted / GROWTH < Math.max(sizeBytesMin, firstBytes)) {
          throw full;
        }
        wanted /= GROWTH;
      }
    }
  }

  private LogSegment make(long sizeBytesMin, long wanted) throws IOException {
    directory.requireInPlace();
    long begun = clock.nanos();
    long number = manifest.newFileNumber();
    Path path = FileNames.log(directory.path(), number);
    FileHeader header = header(number, manifest.storeId(), random);
    Spare spare = spares.peek();
    boolean recycled = spare != null && spare.sizeBytes >= sizeBytesMin;
    LogSegment made;
    if (spare != null && recycled) {
      spares.remove();
      made = LogSegment.recycle(files, spare.path, path, header);
    } else {
      made = LogSegment.create(files, path, header, wanted, chunkBytes);
    }
    sizeBytes = Math.min(made.sizeBytes(), sizeBytesMax);
    // Nothing may fail between registering the file and handing it out: the log would go on in
    // another. So the event is made before.
    long nanos = clock.nanos() - begun;
    Event event = new Event.LogPrepared(path, made.sizeBytes(), recycled, nanos);
    register(made);
    listener.on(event);
    return made;
  }

  private long nextSizeBytes() {
    return Math.min(sizeBytes * GROWTH, sizeBytesMax);
  }

  private void register(LogSegment made) throws IOException {
    try {
      directory.sync();
      manifest.commit(new Edit.LogAdded(made.number()));
    } catch (NoSpaceException full) {
      made.close();
      delete(made.path());
      throw full;
    } catch (Throwable unknown) {
      // The manifest may know the file, and the log would go on in another.
      failure.latch(unknown);
      made.close();
      throw unknown;
    }
  }

  /// Gives back the file that was prepared.
  private void drop(LogSegment unused) throws IOException {
    manifest.commit(new Edit.LogDropped(unused.number()));
    prepared = null;
    unused.close();
    delete(unused.path());
  }

  @Override
  public void finished(LogSegment segment, long endOffset) {
    firstSequences.put(segment.number(), segment.firstSequence());
    whole.add(new Whole(segment, endOffset));
    try {
      background.execute(Background.Lane.TASKS, this::endWhole);
    } catch (RuntimeException | OutOfMemoryError refused) {
      // The next flush does it.
      failure.report(refused);
    }
  }

  /// Closes the files that are whole and notes it in the manifest, so that opening need not copy
  /// them.
  private synchronized void endWhole() {
    for (Whole file; (file = whole.peek()) != null; whole.remove(file)) {
      try {
        file.segment.close();
        noteEnd(file.segment, file.endOffset);
      } catch (NoSpaceException full) {
        // Nothing was noted. Whoever comes next tries again.
        failure.report(full);
        return;
      } catch (Throwable broken) {
        failure.latch(broken);
      }
    }
  }

  private void noteEnd(LogSegment segment, long endOffset) throws IOException {
    if (!failure.isLatched()) {
      manifest.commit(new Edit.LogEnded(segment.number(), endOffset));
      listener.on(new Event.LogEnded(segment.path(), endOffset));
    }
  }

  /// Notes that file `number`, which was whole when the store was opened, begins with `sequence`.
  void begins(long number, long sequence) {
    firstSequences.put(number, sequence);
  }

  /// How many files of the log are whole.
  int wholeCount() {
    return (int) manifest.version().logs().stream().filter(Version.LogFile::isWhole).count();
  }

  /// The edits that drop the files before number `firstNeeded`, as far as they are known to be
  /// whole. The one that `current` is stays in any case.
  List<Edit> dropBefore(long firstNeeded, LogSegment current) {
    endWhole();
    List<Edit> edits = new ArrayList<>();
    long replayFrom = 0;
    for (Version.LogFile file : manifest.version().logs()) {
      if (file.number() >= firstNeeded || !file.isWhole()) {
        replayFrom =
            file.number() == current.number()
                ? current.firstSequence()
                : firstSequences.getOrDefault(file.number(), 0L);
        break;
      }
      edits.add(new Edit.LogDropped(file.number()));
    }
    if (edits.isEmpty() || replayFrom == 0) {
      return List.of();
    }
    edits.add(new Edit.ReplayFrom(replayFrom));
    return edits;
  }

  /// Takes over the files that `edits`, which are in the manifest now, have dropped.
  void discard(List<Edit> edits) {
    for (Edit edit : edits) {
      if (edit instanceof Edit.LogDropped(long number)) {
        firstSequences.remove(number);
        discard(number);
      }
    }
  }

  /// Takes over a file of the log that nothing refers to any more, to use it again or delete it.
  void discard(long number) {
    try {
      discard(FileNames.log(directory.path(), number));
    } catch (IOException leftOver) {
      // The next opening deletes it.
      failure.report(leftOver);
    }
  }

  /// Takes as little of the disk as it can: nothing is kept for later, and the files are small
  /// again.
  void shrink() throws IOException {
    preparing.lock();
    try {
      sizeBytes = firstBytes / GROWTH;
      if (prepared != null && prepared.sizeBytes() > firstBytes) {
        drop(prepared);
      }
      for (Spare spare; (spare = spares.poll()) != null; ) {
        delete(spare.path);
      }
    } finally {
      preparing.unlock();
    }
  }

  /// Ends the log in good order: `last` is its last file, whole and on the disk. What was prepared
  /// is given back, and what was kept for later is deleted.
  void end(LogSegment last, long endOffset) {
    preparing.lock();
    try {
      closed = true;
      endWhole();
      noteEnd(last, endOffset);
      if (prepared != null) {
        drop(prepared);
      }
      for (Spare spare; (spare = spares.poll()) != null; ) {
        delete(spare.path);
      }
    } catch (IOException cause) {
      // The log is whole. What was not noted or deleted is found at the next opening.
      failure.report(cause);
    } finally {
      preparing.unlock();
    }
  }

  /// Closes what is open, and changes nothing on the disk.
  @Override
  public void close() throws IOException {
    preparing.lock();
    try {
      closed = true;
      for (Whole file; (file = whole.poll()) != null; ) {
        file.segment.close();
      }
      if (prepared != null) {
        prepared.close();
      }
    } finally {
      preparing.unlock();
    }
  }
}
