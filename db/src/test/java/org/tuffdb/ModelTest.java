package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Random operations on a store with tiny limits and on sorted maps must give the same answers:
/// writes, reads, snapshots, cursors that stay open, range deletes, keyspaces that come and go,
/// flushes and compactions at any moment, closing and opening, killed processes and power cuts.
///
/// One seed alone: `-Dtest=ModelTest -Dtuffdb.seed=7 -Dtuffdb.modelSeeds=1`. More of everything:
/// `-Dtuffdb.modelSeeds=2000 -Dtuffdb.modelOperations=100000`.
class ModelTest {
  private static final int SEEDS = Integer.getInteger("tuffdb.modelSeeds", 200);
  private static final long FIRST_SEED = Long.getLong("tuffdb.seed", 1);
  private static final long OPERATIONS = Long.getLong("tuffdb.modelOperations", 25_500);

  /// How often each thing must have happened, at the least, for the test to be worth its name.
  private static final Map<String, Long> EXPECTED =
      Map.ofEntries(
          entry("batch", 100_000),
          entry("range delete", 10_000),
          entry("snapshot", 2_000),
          entry("durable snapshot", 1_000),
          entry("cursor", 40_000),
          entry("cursor moved over a change of tables", 20_000),
          entry("flush", 8_000),
          entry("move", 2_000),
          entry("drop", 500),
          entry("merge LEVEL_0", 2_000),
          entry("merge LEVEL_SIZE", 3_000),
          entry("merge TOMBSTONES", 3_000),
          entry("merge SNAPSHOT_RELEASED", 500),
          entry("merge CALM", 100),
          entry("merge RANGE", 200),
          entry("merge to level 1", 3_000),
          entry("merge to level 2", 3_000),
          entry("merge to level 3", 3_000),
          entry("keyspace created", 100),
          entry("keyspace dropped", 50),
          entry("reopened", 100),
          entry("kill", 100),
          entry("power cut", 200),
          entry("crash lost writes", 100),
          entry("crash while recovering", 30));

  private static Map.Entry<String, Long> entry(String what, long least) {
    return Map.entry(what, least);
  }

  private final ModelCounts counts = new ModelCounts();
  private final AtomicLong operations = new AtomicLong();

  @Test
  void theStoreAnswersLikeASortedMap() {
    LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).parallel().forEach(this::run);
    System.out.printf(
        "model: %,d operations, seeds %d to %d: %s%n",
        operations.get(), FIRST_SEED, FIRST_SEED + SEEDS - 1, counts);
    if (operations.get() >= 5_000_000) {
      EXPECTED.forEach(
          (what, least) -> assertThat(counts.of(what)).as(what).isGreaterThanOrEqualTo(least));
    }
  }

  private void run(long seed) {
    ModelRun run = new ModelRun(seed);
    try {
      run.run(OPERATIONS);
    } catch (RuntimeException | AssertionError failed) {
      throw new AssertionError(
          "seed %d, after %d operations, %s".formatted(seed, run.operations(), run.options()),
          failed);
    }
    operations.addAndGet(run.operations());
    counts.add(run.counts());
  }
}
