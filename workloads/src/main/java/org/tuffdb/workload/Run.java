package org.tuffdb.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workload.Worker;

/// Runs one workload on one store, once, and notes what it took. Then the store is opened anew, and
/// the workload checks what it has written.
///
/// A server is warm, so the JVM is made warm first, the same way for all stores: by the same work
/// for some seconds, again and again, not measured. What writes does it on other stores, which are
/// then deleted. What only reads does it on the same store. Whatever reads has scanned all of that
/// store before, which fills the store's cache as it fills the system's.
public final class Run {
  /// To load what is overwritten takes long with some stores; for the compiler a part is enough.
  private static final int WARM_LOAD_PART = 4;

  private static final int MEASURED_PASS = 0;
  private static final int WARM_PASS = 1;

  private final String storeName;
  private final Store.Opener opener;
  private final Workload workload;
  private final Entries entries;
  private final Settings settings;
  private final int threads;

  /// The same ones warm up and are measured: allocators have memory by the thread.
  private final ExecutorService platformThreads;

  private final List<Worker> workers = new ArrayList<>();

  private Run(String storeName, Store.Opener opener, Workload workload, Settings asked) {
    this.storeName = storeName;
    this.opener = workload.start() == Start.NO_STORE ? _ -> new NoStore() : opener;
    this.workload = workload;
    this.entries = workload.data().entries(asked);
    this.settings = asked.of(workload, entries);
    this.threads = asked.threads() > 0 ? asked.threads() : workload.threads();
    this.platformThreads = Executors.newFixedThreadPool(threads);
  }

  /// Runs `workload` in the directory of the settings.
  ///
  /// @throws WrongAnswer if the store has not found what it must find
  public static Result run(
      String storeName, Store.Opener opener, Workload workload, Settings settings)
      throws Exception {
    Run run = new Run(storeName, opener, workload, settings);
    try (ExecutorService _ = run.platformThreads) {
      return run.run();
    }
  }

  private Result run() throws Exception {
    boolean warm = settings.warmSeconds() > 0 && workload.start() != Start.STOPPED;
    if (warm && workload.writes()) {
      warmOnOtherStores();
    }
    Footprint footprint = Footprint.watch();
    Result result = result(footprint, measure(footprint, warm && !workload.writes()));
    if (workload.writes()) {
      check();
    }
    return result;
  }

  /// What the process had taken when the last operation was done.
  private record Moment(double cpuNanos, long allocatedBytes, long nanos) {}

  private Moment measure(Footprint footprint, boolean warm) throws Exception {
    if (workload.start() == Start.STOPPED) {
      return measureOpening(footprint);
    }
    try (Store store = opener.open(settings)) {
      if (workload.synced()) {
        Logs.renew(store, entries);
        NativeMemory.trim();
      }
      if (workload.reads()) {
        scan(store);
      }
      if (warm) {
        warm(store, entries.count(), settings.warmSeconds());
      }
      workers.addAll(
          work(
              store,
              workload,
              entries.count(),
              entries.count(),
              MEASURED_PASS,
              settings.seconds(),
              footprint::begin));
      return settle(store, footprint);
    }
  }

  private Moment measureOpening(Footprint footprint) throws Exception {
    Measure measure = new Measure(settings.seconds(), new StartLine(1, footprint::begin), false);
    Worker worker = worker(entries.count(), 1, MEASURED_PASS, 0, measure, new AtomicBoolean());
    workers.add(worker);
    worker.shuffled();
    measure.begin();
    try (Store store = opener.open(settings)) {
      work(store, workload, worker);
      return settle(store, footprint);
    }
  }

  private Moment settle(Store store, Footprint footprint) {
    Moment end = new Moment(footprint.cpuNanos(), footprint.allocatedBytes(), System.nanoTime());
    if (workload.writes()) {
      store.settle();
    }
    return end;
  }

  private void warmOnOtherStores() throws Exception {
    Path directory =
        settings.directory().resolveSibling(settings.directory().getFileName() + "-warm");
    boolean loaded = workload.start() == Start.LOADED;
    int count = loaded ? Math.max(1, entries.count() / WARM_LOAD_PART) : entries.count();
    double secondsLeft = settings.warmSeconds();
    while (secondsLeft > 0) {
      deleteAll(directory);
      secondsLeft = warmOnOtherStore(settings.in(directory), loaded, count, secondsLeft);
      // What this store has left is not to count for the one that is measured.
      System.gc();
      NativeMemory.trim();
    }
    deleteAll(directory);
  }

  /// In a method of its own: the interpreter's frame keeps the store in reach after its last use.
  private double warmOnOtherStore(Settings place, boolean loaded, int count, double seconds)
      throws Exception {
    try (Store store = opener.open(place)) {
      if (loaded) {
        Workload load = Workloads.named(workload.preparedBy()).orElseThrow();
        work(store, load, count, count, MEASURED_PASS, Double.MAX_VALUE, () -> {});
        store.settle();
      }
      return loaded ? warm(store, count, seconds) : warmOnce(store, count, seconds);
    }
  }

  private void scan(Store store) throws Exception {
    Workload scan = Workloads.named("readseq").orElseThrow();
    work(store, scan, entries.count(), entries.count(), WARM_PASS, Double.MAX_VALUE, () -> {});
  }

  /// Does the work again and again on a store of `count` entries, and returns the time left.
  private double warm(Store store, int count, double seconds) throws Exception {
    double secondsLeft = seconds;
    while (secondsLeft > 0) {
      secondsLeft = warmOnce(store, count, secondsLeft);
    }
    return secondsLeft;
  }

  private double warmOnce(Store store, int count, double secondsLeft) throws Exception {
    long begun = System.nanoTime();
    work(store, workload, count, count, WARM_PASS, secondsLeft, () -> {});
    return secondsLeft - (System.nanoTime() - begun) / 1e9;
  }

  private Worker worker(
      int entryCount, int count, int pass, int thread, Measure measure, AtomicBoolean stop) {
    return new Worker(
        entries, entryCount, count, pass, thread, threads, measure, stop, settings.directory());
  }

  /// Has all threads do their part of the work, which begins when they all are ready and ends after
  /// `secondsMax` at the latest.
  private List<Worker> work(
      Store store,
      Workload what,
      int entryCount,
      int count,
      int pass,
      double secondsMax,
      Runnable atBegin)
      throws Exception {
    StartLine start = new StartLine(threads, atBegin);
    AtomicBoolean stop = new AtomicBoolean();
    double seconds = Math.min(secondsMax, what.secondsMax());
    List<Worker> all = new ArrayList<>();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      Measure measure = new Measure(seconds, start, what.virtual());
      Worker worker = worker(entryCount, count, pass, thread, measure, stop);
      all.add(worker);
      tasks.add(() -> work(store, what, worker));
    }
    try {
      for (Future<Void> done : invokeAll(what, tasks)) {
        done.get();
      }
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof WrongAnswer wrong ? wrong : failed;
    }
    return all;
  }

  private List<Future<Void>> invokeAll(Workload what, List<Callable<Void>> tasks)
      throws InterruptedException {
    if (!what.virtual()) {
      return platformThreads.invokeAll(tasks);
    }
    try (ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor()) {
      return virtualThreads.invokeAll(tasks);
    }
  }

  private static Void work(Store store, Workload what, Worker worker) {
    boolean done = false;
    try (Store.Session session = store.session()) {
      what.body().run(session, worker);
      worker.measure().end();
      done = true;
    } finally {
      if (!done) {
        worker.measure().abandon();
      }
    }
    return null;
  }

  private void check() throws Exception {
    try (Store store = opener.open(settings);
        Store.Session session = store.session()) {
      for (Worker worker : workers) {
        workload.check().run(session, worker);
      }
    }
  }

  private Result result(Footprint footprint, Moment end) throws IOException {
    List<Measure> measures = workers.stream().map(Worker::measure).toList();
    long operations = measures.stream().mapToLong(Measure::operations).sum();
    long beganNanos = measures.stream().mapToLong(Measure::begunNanos).min().orElseThrow();
    long endedNanos = measures.stream().mapToLong(Measure::endedNanos).max().orElseThrow();
    long allocatedBytes = measures.stream().mapToLong(Measure::allocatedBytes).sum();
    Histogram latencies = measures.getFirst().latencies();
    measures.stream().skip(1).forEach(measure -> latencies.add(measure.latencies()));
    double seconds = (endedNanos - beganNanos) / 1e9;
    return new Result(
        storeName,
        workload.name(),
        "",
        entries.count(),
        settings.valueBytes(),
        threads,
        operations,
        seconds,
        operations / seconds,
        workload.operationsTimed(),
        latencies.getValueAtPercentile(50),
        latencies.getValueAtPercentile(99),
        latencies.getValueAtPercentile(99.9),
        latencies.getMaxValue(),
        end.cpuNanos() / operations,
        (double) footprint.cpuNanos() / operations,
        (System.nanoTime() - end.nanos()) / 1e9,
        (double) (workload.virtual() ? end.allocatedBytes() : allocatedBytes) / operations,
        footprint.anonymousBytesMax(),
        footprint.fileBytesMax(),
        footprint.residentBytesMax(),
        Footprint.diskBytes(settings.directory()),
        writeAmplification(footprint, measures));
  }

  /// Of synced writes Linux counts the whole folios that they touch, up to a MiB for each record,
  /// and not what goes to the disk: the figure would say nothing.
  private double writeAmplification(Footprint footprint, List<Measure> measures) {
    long putBytes = measures.stream().mapToLong(Measure::putBytes).sum();
    return workload.synced() || putBytes == 0 ? -1 : footprint.writtenBytes() / (double) putBytes;
  }

  /// Deletes a directory with all that is in it, if it is there.
  public static void deleteAll(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
