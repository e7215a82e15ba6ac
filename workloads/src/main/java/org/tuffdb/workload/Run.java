package org.tuffdb.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.tuffdb.workload.Workload.Worker;

/// Runs one workload on one store, once, and notes what it took.
///
/// A server is warm, so the JVM is made warm first, the same way for all stores: by a quarter of
/// the operations, not measured. What writes does them on another store, which is then deleted.
/// What reads does them on the same store, after a scan over all of it, which also fills the
/// store's cache.
public final class Run {
  private static final int WARM_PART = 4;
  private static final int WARM_WRITES_MAX = 500_000;
  private static final int MEASURED_PASS = 0;
  private static final int WARM_PASS = 1;

  private final String storeName;
  private final Store.Opener opener;
  private final Workload workload;
  private final Settings settings;
  private final Entries entries;
  private final int threads;

  private Run(String storeName, Store.Opener opener, Workload workload, Settings settings) {
    this.storeName = storeName;
    this.opener = opener;
    this.workload = workload;
    this.settings = settings;
    this.entries = new Entries(settings);
    this.threads = settings.threads() > 0 ? settings.threads() : workload.threads();
  }

  /// Runs `workload` in the directory of the settings.
  ///
  /// @throws WrongAnswer if the store has not found what it must find
  public static Result run(
      String storeName, Store.Opener opener, Workload workload, Settings settings)
      throws Exception {
    return new Run(storeName, opener, workload, settings).run();
  }

  private Result run() throws Exception {
    if (settings.warm() && workload.writes()) {
      warmOnAnotherStore();
    }
    Footprint footprint = Footprint.watch();
    List<Measure> measures;
    double cpuNanos;
    long settleBegan;
    double settleSeconds;
    try (Store store = opener.open(settings)) {
      if (settings.warm() && !workload.writes()) {
        warmOn(store);
      }
      measures = perform(store, workload, settings.entries(), MEASURED_PASS, footprint::begin);
      cpuNanos = footprint.cpuNanos();
      settleBegan = System.nanoTime();
      if (workload.writes()) {
        store.settle();
      }
      settleSeconds = (System.nanoTime() - settleBegan) / 1e9;
    }
    return result(measures, footprint, cpuNanos, settleSeconds);
  }

  private void warmOnAnotherStore() throws Exception {
    Path directory =
        settings.directory().resolveSibling(settings.directory().getFileName() + "-warm");
    deleteAll(directory);
    int count = Math.min(WARM_WRITES_MAX, settings.entries() / WARM_PART);
    try (Store store = opener.open(settings.in(directory, count))) {
      perform(store, workload, count, WARM_PASS, () -> {});
    }
    deleteAll(directory);
  }

  private void warmOn(Store store) throws Exception {
    Workload scan = Workloads.named("readseq").orElseThrow();
    perform(store, scan, settings.entries(), WARM_PASS, () -> {});
    perform(store, workload, settings.entries() / WARM_PART, WARM_PASS, () -> {});
  }

  /// Has all threads do their part of the work, which begins when they all are ready.
  private List<Measure> perform(Store store, Workload what, int count, int pass, Runnable atBegin)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads, atBegin);
    List<Measure> measures = new ArrayList<>();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      Measure measure = new Measure(settings.seconds(), start);
      measures.add(measure);
      Worker worker =
          new Worker(entries, settings.entries(), count, pass, thread, threads, measure);
      tasks.add(() -> work(store, what, worker));
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> done : executor.invokeAll(tasks)) {
        done.get();
      }
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof WrongAnswer wrong ? wrong : failed;
    }
    return measures;
  }

  private static Void work(Store store, Workload what, Worker worker) {
    try (Store.Session session = store.session()) {
      what.body().run(session, worker);
      worker.measure().end();
    }
    return null;
  }

  private Result result(
      List<Measure> measures, Footprint footprint, double cpuNanos, double settleSeconds)
      throws IOException {
    long operations = measures.stream().mapToLong(Measure::operations).sum();
    long beganNanos = measures.stream().mapToLong(Measure::begunNanos).min().orElseThrow();
    long endedNanos = measures.stream().mapToLong(Measure::endedNanos).max().orElseThrow();
    long garbageBytes = measures.stream().mapToLong(Measure::allocatedBytes).sum();
    Histogram latencies = measures.getFirst().latencies();
    measures.stream().skip(1).forEach(measure -> latencies.add(measure.latencies()));
    double seconds = (endedNanos - beganNanos) / 1e9;
    double userBytes = (double) operations * (Entries.KEY_BYTES + settings.valueBytes());
    return new Result(
        storeName,
        workload.name(),
        settings.entries(),
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
        cpuNanos / operations,
        (double) footprint.cpuNanos() / operations,
        settleSeconds,
        (double) garbageBytes / operations,
        footprint.anonymousBytesMax(),
        footprint.fileBytesMax(),
        Footprint.diskBytes(settings.directory()),
        footprint.writtenBytes() / userBytes);
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
