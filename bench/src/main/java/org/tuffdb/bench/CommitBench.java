package org.tuffdb.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Options;
import org.tuffdb.event.Event;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.WriteFile;

/// What a commit costs, beside the bare write and fdatasync of the same bytes on the same disk, all
/// in one run; medians of several interleaved rounds. Entries have 16-byte keys and 100-byte
/// values.
///
/// Run `java org.tuffdb.bench.CommitBench [DIRECTORY]` with the class path of this module: see
/// CONTRIBUTING.
public final class CommitBench {
  private static final int ROUNDS = 5;
  private static final int SYNC_WRITES = 3_000;
  private static final int THREADS = 64;
  private static final int THREADS_WRITES = 64 * 400;
  private static final int BUFFERED_WRITES = 1_000_000;
  private static final int REPLAYED = 2_000_000;
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;

  /// A record of the log that holds one such entry.
  private static final int RECORD_BYTES = 168;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Path directory;

  private CommitBench(Path directory) {
    this.directory = directory;
  }

  /// Runs all rounds in a new directory below the given one, or the current one.
  public static void main(String[] args) throws Exception {
    Path below = Path.of(args.length > 0 ? args[0] : ".").toAbsolutePath();
    Path directory = Files.createTempDirectory(below, "commit-bench");
    try {
      new CommitBench(directory).run();
    } finally {
      delete(directory);
    }
  }

  private void run() throws Exception {
    List<Double> bare = new ArrayList<>();
    List<Double> sync = new ArrayList<>();
    List<Double> platform = new ArrayList<>();
    List<Double> virtual = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      bare.add(bareNanos());
      try (Db db = open("sync")) {
        sync.add(syncNanos(db));
        platform.add(threadsNanos(db, Thread.ofPlatform()));
        virtual.add(threadsNanos(db, Thread.ofVirtual()));
      }
      delete(directory.resolve("sync"));
    }
    double one = median(sync);
    print("bare write + fdatasync", median(bare), "");
    print("SYNC put, 1 thread", one, "%.2f of the bare one".formatted(one / median(bare)));
    print("SYNC put, 64 platform threads", median(platform), times(one / median(platform)));
    print("SYNC put, 64 virtual threads", median(virtual), times(one / median(virtual)));
    buffered();
    replay();
  }

  private static String times(double ratio) {
    return "%.1f times one thread".formatted(ratio);
  }

  private Db open(String name) {
    return Db.builder(directory.resolve(name))
        .options(Options.builder().memory(2L << 30).build())
        .open();
  }

  private double bareNanos() throws IOException {
    Path path = directory.resolve("bare");
    byte[] zeros = new byte[1 << 20];
    byte[] record = new byte[RECORD_BYTES];
    try (WriteFile file = FileSystem.disk().create(path)) {
      for (int i = 0; i < 16; i++) {
        file.write((long) i << 20, zeros, 0, zeros.length);
      }
      file.sync();
      long begun = System.nanoTime();
      for (int i = 0; i < SYNC_WRITES; i++) {
        file.write((long) i * RECORD_BYTES, record, 0, record.length);
        file.sync();
      }
      return (System.nanoTime() - begun) / (double) SYNC_WRITES;
    } finally {
      Files.delete(path);
    }
  }

  private static double syncNanos(Db db) {
    SplittableRandom random = new SplittableRandom(1);
    byte[] key = new byte[KEY_BYTES];
    byte[] value = new byte[VALUE_BYTES];
    long begun = System.nanoTime();
    for (int i = 0; i < SYNC_WRITES; i++) {
      random.nextBytes(key);
      db.put(key, value);
    }
    return (System.nanoTime() - begun) / (double) SYNC_WRITES;
  }

  private static double threadsNanos(Db db, Thread.Builder builder) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < THREADS; i++) {
      int seed = i;
      threads.add(
          builder.start(() -> {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] key = new byte[KEY_BYTES];
            byte[] value = new byte[VALUE_BYTES];
            for (int j = 0; j < THREADS_WRITES / THREADS; j++) {
              random.nextBytes(key);
              db.put(key, value);
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (System.nanoTime() - begun) / (double) THREADS_WRITES;
  }

  private void buffered() throws IOException {
    List<Double> puts = new ArrayList<>();
    List<Double> gets = new ArrayList<>();
    double putBytes = 0;
    double getBytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (Db db = open("buffered")) {
        puts.add(bufferedNanos(db, round));
        long before = THREAD.getCurrentThreadAllocatedBytes();
        bufferedNanos(db, round + 100);
        putBytes = (THREAD.getCurrentThreadAllocatedBytes() - before) / (double) BUFFERED_WRITES;
        before = THREAD.getCurrentThreadAllocatedBytes();
        gets.add(getNanos(db, round));
        getBytes = (THREAD.getCurrentThreadAllocatedBytes() - before) / (double) BUFFERED_WRITES;
      }
      delete(directory.resolve("buffered"));
    }
    print("BUFFERED put", median(puts), "%.2f bytes of garbage".formatted(putBytes));
    print("get into a buffer", median(gets), "%.2f bytes of garbage".formatted(getBytes));
  }

  private static double bufferedNanos(Db db, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] key = new byte[KEY_BYTES];
    byte[] value = new byte[VALUE_BYTES];
    long begun = System.nanoTime();
    for (int i = 0; i < BUFFERED_WRITES; i++) {
      random.nextBytes(key);
      db.put(key, value, Durability.BUFFERED);
    }
    return (System.nanoTime() - begun) / (double) BUFFERED_WRITES;
  }

  private static double getNanos(Db db, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] key = new byte[KEY_BYTES];
    byte[] value = new byte[VALUE_BYTES];
    long begun = System.nanoTime();
    for (int i = 0; i < BUFFERED_WRITES; i++) {
      random.nextBytes(key);
      if (db.get(key, value) != VALUE_BYTES) {
        throw new AssertionError("a key is missing");
      }
    }
    return (System.nanoTime() - begun) / (double) BUFFERED_WRITES;
  }

  /// Opening is replaying the log and little else.
  private void replay() throws IOException {
    try (Db db = open("replay")) {
      for (int i = 0; i < REPLAYED / BUFFERED_WRITES; i++) {
        bufferedNanos(db, i);
      }
    }
    List<Double> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      try (Db db =
          Db.builder(directory.resolve("replay"))
              .options(Options.builder().memory(2L << 30).build())
              .listener(event -> {
                if (event instanceof Event.Opened opened) {
                  rounds.add(opened.nanos() / (double) opened.entries());
                }
              })
              .open()) {
        if (db.stats().entries() != REPLAYED) {
          throw new AssertionError("entries are missing");
        }
      }
    }
    double nanos = median(rounds);
    print("replay of the log, per entry", nanos, "%,.0f entries/s".formatted(1e9 / nanos));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static void print(String what, double nanos, String note) {
    System.out.printf("%-32s %10.2f µs   %s%n", what, nanos / 1000, note);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
