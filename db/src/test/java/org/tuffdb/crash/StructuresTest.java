package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tuffdb.Reading;
import org.tuffdb.forge.Forgery;
import org.tuffdb.forge.Pace;
import org.tuffdb.forge.Structure;
import org.tuffdb.forge.Watch;

/// Numbers of a store's files are changed, and pieces moved, with all checksums made right. No
/// checksum tells, so the readers must: they answer, or say what is wrong, in time, in little
/// memory, and harm nothing.
class StructuresTest {
  private static final long SEED = Long.getLong("tuffdb.seed", 1);
  private static final int CASES = 3_000;

  /// What a case may allocate in the heap. What a forged file declares is not believed.
  private static final long ALLOCATED_BYTES_MAX = 12 << 20;

  private static final int WORKS_ONE_IN = 4;

  private final List<DamagedStore> stores =
      List.of(new DamagedStore(true), new DamagedStore(false));
  private final List<Structures> structures =
      stores.stream().map(store -> new Structures(store.files())).toList();
  private final Map<ForgedStore.Outcome, Integer> outcomes =
      new EnumMap<>(ForgedStore.Outcome.class);
  private final SplittableRandom seeds = new SplittableRandom(SEED);
  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long allocatedBytesMax;
  private int cases;

  @Test
  void noNumberOfAFileIsBelieved() throws InterruptedException {
    Pace pace = Pace.of(CASES);
    Watch.over(watch -> {
      readSoundOnes(watch);
      while (pace.goesOn()) {
        run(seeds.split(), watch);
      }
    });
    System.out.printf(
        "%,d cases, %,d refused, %,d reported, %,d not told apart, %,d right,"
            + " at most %,d KiB allocated, violations: 0, seed %d, %s%n",
        cases,
        count(ForgedStore.Outcome.REFUSED),
        count(ForgedStore.Outcome.REPORTED),
        count(ForgedStore.Outcome.NOT_TOLD_APART),
        count(ForgedStore.Outcome.RIGHT),
        allocatedBytesMax >> 10,
        SEED,
        pace.seconds());
    assertThat(count(ForgedStore.Outcome.REFUSED)).isGreaterThan(cases / 10);
    assertThat(count(ForgedStore.Outcome.REPORTED)).isGreaterThan(cases / 50);
  }

  /// Shows no damage, and has classes loaded, which takes memory.
  private void readSoundOnes(Watch watch) {
    for (DamagedStore store : stores) {
      for (Reading reading : Reading.values()) {
        for (boolean works : new boolean[] {false, true}) {
          ForgedStore sound = new ForgedStore(store.copy(), watch, "sound");
          assertThat(sound.read(store.state(), reading, works))
              .isEqualTo(ForgedStore.Outcome.RIGHT);
        }
      }
    }
  }

  private int count(ForgedStore.Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0);
  }

  private void run(SplittableRandom random, Watch watch) {
    int which = random.nextInt(stores.size());
    Map.Entry<String, Structure> file = structures.get(which).draw(random);
    Forgery forgery = Forgery.draw(file.getValue(), random);
    String what =
        "%s of the %s store, %s (again: --runs %d --seed %d)"
            .formatted(
                file.getKey(), which == 0 ? "closed" : "killed", forgery.what(), cases + 1, SEED);
    long before = thread.getCurrentThreadAllocatedBytes();
    try {
      outcomes.merge(outcome(which, file.getKey(), forgery, random, watch, what), 1, Integer::sum);
    } catch (RuntimeException | Error undeclared) {
      throw new AssertionError(what + ": " + undeclared, undeclared);
    }
    requireLittle(thread.getCurrentThreadAllocatedBytes() - before, what);
    cases++;
  }

  private ForgedStore.Outcome outcome(
      int which, String name, Forgery forgery, SplittableRandom random, Watch watch, String what) {
    DamagedStore store = stores.get(which);
    Reading reading = random.nextBoolean() ? Reading.MAPPED : Reading.CACHED;
    boolean works = random.nextInt(WORKS_ONE_IN) == 0;
    return new ForgedStore(ForgedStore.replace(store.copy(), name, forgery.content()), watch, what)
        .read(store.state(), reading, works);
  }

  private void requireLittle(long bytes, String what) {
    allocatedBytesMax = Math.max(allocatedBytesMax, bytes);
    if (bytes > ALLOCATED_BYTES_MAX) {
      throw new AssertionError("%s: %,d KiB were allocated".formatted(what, bytes >> 10));
    }
  }

  /// Else whatever is found would say nothing.
  @Test
  void aSoundFileIsSealedAsItIs() {
    for (Structure structure : structures.getFirst().all()) {
      byte[] sealed = structure.content().clone();
      structure.seal(sealed);
      assertThat(sealed).isEqualTo(structure.content());
    }
  }
}
