package org.tuffdb.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.forge.Forgery;
import org.tuffdb.forge.Pace;
import org.tuffdb.forge.Watch;

/// Tries inputs on one target. An input that takes a way through the code which none took before is
/// kept, and others are made of it.
final class Fuzzer {
  private static final int INPUT_BYTES_MAX = 16 << 10;

  /// So often checksums are made right, else nearly all inputs would end there.
  private static final int SEALED_OF_4 = 3;

  /// What an input may allocate: buffers, and what LZ4 can make of it. What it declares is not
  /// believed.
  private static final long ALLOCATED_BYTES_MAX = 4 << 20;

  private static final long ALLOCATED_BYTES_PER_BYTE_MAX = 300;

  private final Target target;
  private final SplittableRandom random;
  private final boolean isGuided;
  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Coverage coverage = new Coverage();
  private final List<byte[]> corpus = new ArrayList<>();
  private long inputs;
  private long accepted;
  private int edgesAtFirst;
  private volatile byte[] current = {};

  /// @param isGuided whether ways through the code count; for comparison alone they may not
  Fuzzer(Target target, SplittableRandom random, boolean isGuided) {
    this.target = target;
    this.random = random;
    this.isGuided = isGuided;
  }

  /// The input that is being read, or was read last.
  byte[] current() {
    return current;
  }

  void run(Pace pace, Watch watch) {
    try {
      begin(watch);
      Mutator mutator = new Mutator(random, target.words(), INPUT_BYTES_MAX);
      while (pace.goesOn()) {
        byte[] input = mutator.mutated(pick(), pick());
        byte[] tried = random.nextInt(4) < SEALED_OF_4 ? target.sealed(input) : input;
        if (tryOne(tried, watch) && isGuided) {
          corpus.add(tried);
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private byte[] pick() {
    return Forgery.pick(corpus, random);
  }

  private void begin(Watch watch) throws IOException {
    for (byte[] seed : target.seeds()) {
      boolean _ = tryOne(seed, watch);
      corpus.add(seed);
    }
    edgesAtFirst = coverage.edges();
  }

  /// Has the target read `input`; whether it took a new way.
  boolean tryOne(byte[] input, Watch watch) throws IOException {
    current = input;
    inputs++;
    watch.begin(target.name());
    // What is done for the first time has classes loaded.
    if (allocatedBytes(input) > allowedBytes(input)) {
      long bytes = allocatedBytes(input);
      if (bytes > allowedBytes(input)) {
        throw new AssertionError(
            "%,d KiB were allocated for %,d bytes".formatted(bytes >> 10, input.length));
      }
    }
    return coverage.add(Edges.hits());
  }

  private static long allowedBytes(byte[] input) {
    return ALLOCATED_BYTES_MAX + ALLOCATED_BYTES_PER_BYTE_MAX * input.length;
  }

  private long allocatedBytes(byte[] input) throws IOException {
    Edges.clear();
    long before = thread.getCurrentThreadAllocatedBytes();
    accepted += target.accepts(input) ? 1 : 0;
    return thread.getCurrentThreadAllocatedBytes() - before;
  }

  int edges() {
    return coverage.edges();
  }

  @Override
  public String toString() {
    return "%s %,d inputs (%,d accepted), edges %,d to %,d, corpus %,d"
        .formatted(target.name(), inputs, accepted, edgesAtFirst, coverage.edges(), corpus.size());
  }
}
