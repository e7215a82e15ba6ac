package org.tuffdb.bench.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Options;
import org.tuffdb.workload.Run;

/// Puts of one thread, as they come, into a store below the current directory. They overwrite again
/// and again, so that the store does not grow; flushes and compactions go on beside them.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class CommitBenchmark {
  private static final int ENTRIES = 500_000;
  private static final int VALUE_BYTES = 100;
  private static final long MEMORY_BYTES = 512 << 20;

  private final RandomKeys keys = new RandomKeys(ENTRIES, 1);
  private final byte[] value = new byte[VALUE_BYTES];
  private final Path directory;
  private final Db db;

  public CommitBenchmark() {
    try {
      directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "commit-");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    db = Db.builder(directory).options(Options.builder().memory(MEMORY_BYTES).build()).open();
  }

  @TearDown
  public void close() throws IOException {
    db.close();
    Run.deleteAll(directory);
  }

  @Benchmark
  public void buffered() {
    db.put(keys.next(), value, Durability.BUFFERED);
  }

  @Benchmark
  public void synced() {
    db.put(keys.next(), value, Durability.SYNC);
  }
}
