package org.tuffdb.table;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Lincheck goes through the ways in which two threads may alternate in a cache of one or two
/// slots: what is read is what was asked for, and in the end no slot is lost.
@Tag("lincheck")
class BlockCacheLincheckTest {
  private static final int INVOCATIONS = 100;

  @Test
  void blocksThatTakeEachOthersSlot() {
    check(OneSlot.class, List.of(read(1)), List.of(read(2)));
  }

  @Test
  void blocksThatAreRead() {
    check(OneSlot.class, List.of(read(2)), List.of(read(2)));
    check(TwoSlots.class, List.of(read(3)), List.of(read(4)));
  }

  @Test
  void forgetting() {
    check(OneSlot.class, List.of(read(1)), List.of(actor("forget"), read(2)));
    check(TwoSlots.class, List.of(read(2)), List.of(actor("forget")));
  }

  @Test
  void shrinking() {
    check(TwoSlabs.class, List.of(read(2)), List.of(actor("shrink")));
    check(TwoSlabs.class, List.of(read(3)), List.of(actor("shrink")));
  }

  /// What is one step for the other threads.
  private static final String[] STEPS = {
    "key", "holds", "table", "assign", "next", "setNext", "isListed", "list", "unlist", "take"
  };

  private static final String[] NO_STEPS = {
    "<init>", "allocate", "free", "memoryBytes", "segment", "slots", "first", "end"
  };

  private static void check(Class<? extends Shared> state, List<Actor> one, List<Actor> other) {
    var scenario = new ExecutionScenario(List.of(), List.of(one, other), List.of(), validation());
    new ModelCheckingOptions()
        .iterations(0)
        .addCustomScenario(scenario)
        .invocationsPerIteration(INVOCATIONS)
        .addGuarantee(forClasses(CacheSlab.class.getName()).methods(STEPS).treatAsAtomic())
        .addGuarantee(forClasses(CacheSlab.class.getName()).methods(NO_STEPS).ignore())
        .addGuarantee(forClasses(HitCount.class.getName()).allMethods().ignore())
        .addGuarantee(forClasses(LongAdder.class.getName()).allMethods().ignore())
        .addGuarantee(
            forClasses(Shared.class.getName()).methods("readAll", "fill", "content").ignore())
        .check(state);
  }

  private static Actor validation() {
    return actor("nothingIsLost");
  }

  private static Actor read(int block) {
    return actor("read", block);
  }

  private static Actor actor(String operation, Object... arguments) {
    for (Method method : Shared.class.getMethods()) {
      if (method.getName().equals(operation)) {
        return new Actor(method, List.of(arguments));
      }
    }
    throw new AssertionError(operation);
  }

  /// A cache that is full, with the block 1 in its last slot.
  public abstract static class Shared {
    private static final int TABLE = 1;
    private final int slots;
    private final BlockCache cache;
    private final AtomicInteger looks = new AtomicInteger();

    Shared(int slots, int slotBytes) {
      this.slots = slots;
      cache = new BlockCache(capacityBytes(slots, slotBytes), slotBytes);
      readAll();
    }

    private void readAll() {
      for (int block = slots; block > 0; block--) {
        read(block);
      }
    }

    static long capacityBytes(int slots, int slotBytes) {
      return (long) slots * (slotBytes + CacheSlab.RECORD_BYTES + CacheSlab.OVERHEAD_BYTES)
          + BlockIndex.bytes(slots);
    }

    /// Reads a block as a table does.
    @Operation
    public int read(int block) {
      long handle = cache.acquire(TABLE, block);
      if (handle < 0) {
        handle = cache.reserve(TABLE, block);
        if (handle < 0) {
          return block;
        }
        fill(handle, block);
        cache.publish(handle);
      }
      int before = content(handle);
      looks.incrementAndGet(); // the other thread may act here
      int content = content(handle);
      cache.unpin(handle);
      return before == content ? content : -1;
    }

    private void fill(long handle, int block) {
      cache.segment(handle).set(ValueLayout.JAVA_INT, cache.offset(handle), block);
    }

    private int content(long handle) {
      return cache.segment(handle).get(ValueLayout.JAVA_INT, cache.offset(handle));
    }

    @Operation
    public void forget() {
      cache.forget(TABLE);
    }

    /// Leaves room for one slot, in one slab.
    @Operation
    public void shrink() {
      cache.resize(cache.memoryBytes() / slots + BlockIndex.bytes(1));
    }

    @Validate
    public void nothingIsLost() {
      cache.close();
      if (cache.memoryBytes() != 0) {
        throw new IllegalStateException(cache.memoryBytes() + " bytes are left");
      }
    }
  }

  public static final class OneSlot extends Shared {
    public OneSlot() {
      super(1, 64);
    }
  }

  public static final class TwoSlots extends Shared {
    public TwoSlots() {
      super(2, 64);
    }
  }

  /// With slots as large as a slab.
  public static final class TwoSlabs extends Shared {
    public TwoSlabs() {
      super(2, 1 << 20);
    }
  }
}
