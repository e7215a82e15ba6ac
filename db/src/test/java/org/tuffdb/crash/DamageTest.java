package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tuffdb.Reading;
import org.tuffdb.fs.FileNames;

/// Every file of a small store is damaged in every place, one place at a time; then the store is
/// opened and everything is read. Each answer is right, or an exception that names the file.
class DamageTest {
  private static final long SEED = Long.getLong("tuffdb.seed", 1);

  /// What a case may allocate in the heap. What a damaged file declares is not believed.
  private static final long ALLOCATED_BYTES_MAX = 8 << 20;

  private static final int COMPACTED_FIRST_ONE_IN = 5;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final LongAdder reported = new LongAdder();
  private final LongAccumulator allocatedBytes = new LongAccumulator(Math::max, 0);

  @Test
  void aStoreThatWasClosed() {
    DamagedStore store = new DamagedStore(true);
    NavigableMap<String, byte[]> files = store.files();
    List<Damage> cases = new ArrayList<>(Damage.ofFiles(files));
    files.forEach((name, content) -> addAll(name, content, cases));
    for (String name : files.keySet()) {
      if (FileNames.tableNumber(name).isPresent()) {
        cases.addAll(Damage.ofPieces(name, files.get(name), store.blocks(name)));
      }
    }
    assertThat(store.levels()).isEqualTo(3);
    run("closed", store, cases);
    assertThat(cases.size()).isGreaterThan(60_000);
    assertThat(reported.sum()).isGreaterThan(50_000);
  }

  /// The log has an end that nothing vouches for; the tables are like those above.
  @Test
  void aStoreThatWasKilled() {
    DamagedStore store = new DamagedStore(false);
    NavigableMap<String, byte[]> files = store.files();
    List<Damage> cases = new ArrayList<>(Damage.ofFiles(files));
    files.forEach((name, content) -> {
      if (FileNames.logNumber(name).isPresent()) {
        addAll(name, content, cases);
      }
    });
    run("killed", store, cases);
    assertThat(cases.size()).isGreaterThan(5_000);
    assertThat(reported.sum()).isGreaterThan(1_000);
  }

  private void addAll(String name, byte[] content, List<Damage> cases) {
    cases.addAll(Damage.ofEachByte(name, content, random));
    cases.addAll(Damage.ofEachBit(name, content));
    cases.addAll(Damage.ofEachLength(name, content));
    cases.addAll(Damage.ofPieces(name, content, Damage.evenCuts(name, content)));
  }

  private void run(String which, DamagedStore store, List<Damage> cases) {
    Damage none = new Damage("nothing", Set.of(), false, _ -> {});
    for (Reading reading : List.of(Reading.MAPPED, Reading.CACHED)) {
      assertThat(store.read(none, reading, false)).isFalse();
    }
    IntStream.range(0, cases.size()).parallel().forEach(i -> run(store, cases.get(i), i));
    System.out.printf(
        "damage: %s store, %,d cases, %,d reported, at most %,d KiB allocated%n",
        which, cases.size(), reported.sum(), allocatedBytes.get() >> 10);
    assertThat(allocatedBytes.get()).isLessThan(ALLOCATED_BYTES_MAX);
  }

  private void run(DamagedStore store, Damage damage, int index) {
    Reading reading = (index & 1) == 0 ? Reading.MAPPED : Reading.CACHED;
    boolean compactsFirst = index % COMPACTED_FIRST_ONE_IN == 0;
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    try {
      if (store.read(damage, reading, compactsFirst)) {
        reported.increment();
      }
    } catch (RuntimeException | AssertionError wrong) {
      throw new AssertionError(
          "%s, %s, compacts first: %s, -Dtuffdb.seed=%d"
              .formatted(damage, reading, compactsFirst, SEED),
          wrong);
    }
    allocatedBytes.accumulate(thread.getCurrentThreadAllocatedBytes() - before);
  }
}
