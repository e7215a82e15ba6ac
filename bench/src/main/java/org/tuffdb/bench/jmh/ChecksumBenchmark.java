package org.tuffdb.bench.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tuffdb.bytes.Checksum;

/// The checksum of a record of the log, and of a block in the heap and outside.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ChecksumBenchmark {
  private static final int RECORD_BYTES = 150;
  private static final int BLOCK_BYTES = 4096;

  private final Checksum checksum = new Checksum();
  private final byte[] bytes = new byte[BLOCK_BYTES];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BLOCK_BYTES);

  @Benchmark
  public int record() {
    return checksum.of(bytes, 0, RECORD_BYTES);
  }

  @Benchmark
  public int block() {
    return checksum.of(bytes, 0, BLOCK_BYTES);
  }

  @Benchmark
  public int blockOutsideTheHeap() {
    checksum.begin();
    checksum.add(direct.clear());
    return checksum.value();
  }
}
