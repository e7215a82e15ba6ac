package org.tuffdb.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import org.openjdk.jmh.annotations.Warmup;
import org.tuffdb.bench.jmh.RandomKeys;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.Kind;

/// The three things that a get does in a table, one by one: it asks the filter, finds the block by
/// the fences, and searches the block. As many keys as a table of 64 MiB has, so that filter and
/// fences are read from where they really are; the blocks lie in two megabytes.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class SearchBenchmark {
  private static final int KEYS = 500_000;
  private static final int KEYS_PER_BLOCK = 32;
  private static final int VALUE_BYTES = 90;
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 512;
  private static final int BITS_PER_KEY = 10;

  private final RandomKeys present = new RandomKeys(KEYS, 1);
  private final RandomKeys absent = new RandomKeys(KEYS, 2);
  private final MemorySegment filter;
  private final long lines;
  private final int probes = Filter.probes(BITS_PER_KEY);
  private final Fences fences;
  private final MemorySegment blocks;
  private final byte[][] keysOfBlocks = new byte[BLOCKS][];
  private int nextBlock;

  public SearchBenchmark() {
    byte[][] keys = present.sorted();
    filter = outsideTheHeap(filter(keys));
    lines = filter.byteSize() / Filter.LINE_BYTES;
    fences = fences(keys);
    blocks = outsideTheHeap(blocks(keys));
    for (int i = 0; i < BLOCKS; i++) {
      if (search(i) != i % KEYS_PER_BLOCK || fences.find(keysOfBlocks[i]) != i) {
        throw new IllegalStateException("the key of block " + i + " is not found");
      }
    }
  }

  private static MemorySegment outsideTheHeap(byte[] bytes) {
    MemorySegment segment = Arena.ofAuto().allocate(bytes.length, Filter.LINE_BYTES);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  private static byte[] filter(byte[][] keys) {
    Filter.Builder builder = new Filter.Builder(BITS_PER_KEY, WriteMemory.take());
    for (byte[] key : keys) {
      builder.add(Hash.of(key));
    }
    return builder.build();
  }

  private static Fences fences(byte[][] keys) {
    Fences.Builder builder = new Fences.Builder();
    for (int i = 0; i < keys.length; i += KEYS_PER_BLOCK) {
      builder.add(
          keys[i], i == 0 ? 0 : keys[i].length, (long) builder.blocks() * BLOCK_BYTES, false);
    }
    long end = (long) builder.blocks() * BLOCK_BYTES;
    MemorySegment segment = outsideTheHeap(builder.build(end));
    return Fences.open(
        segment, 0, segment.byteSize(), builder.blocks(), 0, end, Path.of("fences"), 0);
  }

  /// Blocks with neighbouring keys, of each of which one will be looked for.
  private byte[] blocks(byte[][] keys) {
    byte[] all = new byte[BLOCKS * BLOCK_BYTES];
    byte[] block = new byte[BLOCK_BYTES];
    MemorySegment value = MemorySegment.ofArray(new byte[VALUE_BYTES]);
    for (int i = 0; i < BLOCKS; i++) {
      BlockBuilder builder = new BlockBuilder(BLOCK_BYTES);
      for (int j = 0; j < KEYS_PER_BLOCK; j++) {
        byte[] key = keys[i * KEYS_PER_BLOCK + j];
        builder.add(key, key.length, value, 0, VALUE_BYTES, 1L + j, Kind.PUT);
      }
      int length = builder.write(block);
      System.arraycopy(block, 0, all, i * BLOCK_BYTES, length);
      keysOfBlocks[i] = keys[i * KEYS_PER_BLOCK + i % KEYS_PER_BLOCK];
    }
    return all;
  }

  @Benchmark
  public boolean filterOfPresent() {
    return mayContain(present.next());
  }

  @Benchmark
  public boolean filterOfAbsent() {
    return mayContain(absent.next());
  }

  private boolean mayContain(byte[] key) {
    return Filter.mayContain(filter, 0, lines, probes, Hash.of(key));
  }

  @Benchmark
  public int fences() {
    return fences.find(present.next());
  }

  @Benchmark
  public int block() {
    int block = nextBlock;
    nextBlock = (block + 1) % BLOCKS;
    return search(block);
  }

  private int search(int block) {
    return Block.lowerBound(
        blocks, (long) block * BLOCK_BYTES, keysOfBlocks[block], Long.MAX_VALUE);
  }
}
