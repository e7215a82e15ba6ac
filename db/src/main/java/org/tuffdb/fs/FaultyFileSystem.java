package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Hands every call to another file system, except for those that it was told to make fail.
///
/// A sync that fails on a [MemoryFileSystem] below, also through several layers of this class,
/// leaves there what a failing disk leaves: pages that count as clean and are not on the disk.
///
/// It can also leave syncs out by the place in the code that calls them, so that a test can show of
/// each that it matters.
public final class FaultyFileSystem implements FileSystem {
  private final FileSystem inner;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();

  /// Guarded by itself.
  private final List<FaultPlan> plans = new ArrayList<>();

  private final Set<String> syncCallSites = new ConcurrentSkipListSet<>();
  private volatile boolean recordsSyncCallSites;
  private volatile @Nullable Predicate<String> skippedSyncs;
  private volatile @Nullable FileCallListener listener;

  /// Passes everything on to `inner` at first.
  public FaultyFileSystem(FileSystem inner) {
    this.inner = inner;
  }

  /// Lets the `nth` call from now on, counted from 1 over those that can fail this way, fail once.
  public void failNth(Fault fault, long nth) {
    failNth(fault, nth, call -> true);
  }

  /// Lets the `nth` call of `which`, counted from 1 over those that can fail this way, fail once.
  public void failNth(Fault fault, long nth, Predicate<FileCall> which) {
    add(new FaultPlan(fault, nth - 1, false, which));
  }

  /// Lets the `nth` call of `which`, counted from 1 over those that can fail this way, and all that
  /// follow it fail, until [#heal()].
  public void failFromNth(Fault fault, long nth, Predicate<FileCall> which) {
    add(new FaultPlan(fault, nth - 1, true, which));
  }

  private void add(FaultPlan plan) {
    synchronized (plans) {
      plans.add(plan);
    }
  }

  /// Forgets all faults that were asked for.
  public void heal() {
    synchronized (plans) {
      plans.clear();
    }
  }

  /// How many calls there have been, failed ones included.
  public long calls() {
    return calls.get();
  }

  /// How many calls were made to fail.
  public long faults() {
    return faults.get();
  }

  /// Tells `newListener` of each call from now on, instead of any other; null for nobody.
  public void listen(@Nullable FileCallListener newListener) {
    listener = newListener;
  }

  /// From now on a sync of a file or directory does nothing if its call site, as
  /// `Class.method:line`, is in `callSites`; null for none.
  public void skipSyncs(@Nullable Predicate<String> callSites) {
    skippedSyncs = callSites;
  }

  /// From now on keeps the call site of each sync.
  public void recordSyncCallSites() {
    recordsSyncCallSites = true;
  }

  /// The places that called a sync since [#recordSyncCallSites()], as `Class.method:line`.
  public Set<String> syncCallSites() {
    return new TreeSet<>(syncCallSites);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    run(
        before(FileCall.Kind.CREATE_DIRECTORY, directory),
        () -> inner.createDirectories(directory));
  }

  @Override
  public Directory openDirectory(Path directory) throws IOException {
    return open(
        before(FileCall.Kind.OPEN_DIRECTORY, directory),
        () -> new FaultyDirectory(this, inner.openDirectory(directory)));
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return call(before(FileCall.Kind.LIST, directory), () -> inner.list(directory));
  }

  @Override
  public boolean exists(Path path) throws IOException {
    return call(before(FileCall.Kind.EXISTS, path), () -> inner.exists(path));
  }

  @Override
  public WriteFile create(Path path) throws IOException {
    return open(
        before(FileCall.Kind.CREATE, path),
        () -> new FaultyWriteFile(this, path, inner.create(path)));
  }

  @Override
  public WriteFile openForOverwrite(Path path) throws IOException {
    return open(
        before(FileCall.Kind.OPEN_FOR_OVERWRITE, path),
        () -> new FaultyWriteFile(this, path, inner.openForOverwrite(path)));
  }

  @Override
  public ReadFile openForRead(Path path) throws IOException {
    return open(
        before(FileCall.Kind.OPEN_FOR_READ, path),
        () -> new FaultyReadFile(this, path, inner.openForRead(path)));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    run(before(FileCall.Kind.RENAME, from, to, 0, 0), () -> inner.rename(from, to));
  }

  @Override
  public void delete(Path path) throws IOException {
    run(before(FileCall.Kind.DELETE, path), () -> inner.delete(path));
  }

  @Override
  public DirectoryLock lock(Path path) throws IOException {
    return open(
        before(FileCall.Kind.LOCK, path),
        () -> {
          DirectoryLock lock = inner.lock(path);
          return () -> close(path, lock);
        });
  }

  /// A call and how it is to fail, if at all.
  record Planned(FileCall call, @Nullable Fault fault) {}

  Planned before(FileCall.Kind kind, Path path) {
    return before(kind, path, null, 0, 0);
  }

  Planned before(FileCall.Kind kind, Path path, @Nullable Path target, long position, int length) {
    FileCall call = new FileCall(calls.getAndIncrement(), kind, path, target, position, length);
    FileCallListener told = listener;
    if (told != null) {
      told.beforeCall(call);
    }
    Fault fault = planned(call);
    if (fault != null) {
      faults.incrementAndGet();
    }
    return new Planned(call, fault);
  }

  private @Nullable Fault planned(FileCall call) {
    synchronized (plans) {
      Fault found = null;
      for (FaultPlan plan : plans) {
        Fault fault = plan.next(call);
        found = found == null ? fault : found;
      }
      return found;
    }
  }

  interface Action {
    void run() throws IOException;
  }

  interface Supply<T> {
    T get() throws IOException;
  }

  static void run(Planned planned, Action action) throws IOException {
    call(
        planned,
        () -> {
          action.run();
          return planned;
        });
  }

  static <T> T call(Planned planned, Supply<T> action) throws IOException {
    Fault fault = planned.fault();
    if (fault == null) {
      return action.get();
    }
    if (fault == Fault.ERROR_AFTERWARDS) {
      action.get();
    }
    throw fault.exception(planned.call());
  }

  /// What was opened before the error is reported is closed: the caller never gets it.
  private static <T extends Closeable> T open(Planned planned, Supply<T> action)
      throws IOException {
    if (planned.fault() != Fault.ERROR_AFTERWARDS) {
      return call(planned, action);
    }
    action.get().close();
    throw Fault.ERROR_AFTERWARDS.exception(planned.call());
  }

  /// A sync that fails, without being asked to, for what has failed before it.
  IOException failedSync(Path path) {
    FileCall call = before(FileCall.Kind.SYNC, path).call();
    faults.incrementAndGet();
    return Fault.IO_ERROR.exception(call);
  }

  /// Syncs `handle` by `action`, or fails, or does nothing if that was asked for.
  void sync(FileCall.Kind kind, Path path, Closeable handle, Action action) throws IOException {
    boolean skipped = isSkipped();
    Planned planned = before(kind, path);
    Fault fault = planned.fault();
    if (fault != null && fault != Fault.ERROR_AFTERWARDS && handle instanceof SyncFailure disk) {
      disk.failSync(reached(planned.call()));
    }
    try {
      run(planned, skipped ? () -> {} : action);
    } catch (NoSpaceException full) {
      throw new IOException(full.getMessage(), full);
    }
  }

  /// What of it gets to the disk all the same when `call` fails: of every other one, nothing.
  static BooleanSupplier reached(FileCall call) {
    SplittableRandom random = new SplittableRandom(call.index());
    // The first numbers that close seeds give are alike.
    random.nextLong();
    return random.nextBoolean() ? () -> false : random::nextBoolean;
  }

  private boolean isSkipped() {
    Predicate<String> skipped = skippedSyncs;
    if (skipped == null && !recordsSyncCallSites) {
      return false;
    }
    String callSite = CallSite.find();
    if (recordsSyncCallSites) {
      syncCallSites.add(callSite);
    }
    return skipped != null && skipped.test(callSite);
  }

  /// Closes `handle` even if an error is to be reported: a descriptor is gone after a failed close.
  void close(Path path, Closeable handle) throws IOException {
    Planned planned = before(FileCall.Kind.CLOSE, path);
    handle.close();
    run(planned, () -> {});
  }
}
