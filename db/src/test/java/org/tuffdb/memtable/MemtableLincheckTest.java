package org.tuffdb.memtable;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;

/// Lincheck goes through the ways in which one put and one read may alternate, and asks each time
/// whether the results could have come from one after the other. So it meets the moments that a
/// stress test almost never does, such as a root that splits between the reads of its place and of
/// its header.
///
/// It needs what the other tests are denied, and runs as an execution of its own.
@Tag("lincheck")
class MemtableLincheckTest {
  private static final int INVOCATIONS = 500;

  @Test
  void oneLeaf() {
    check(OneLeaf.class, put(3), last());
  }

  @Test
  void rootThatSplits() {
    check(RootThatSplits.class, put(1), newest(64));
  }

  @Test
  void leavesThatSplit() {
    check(LeavesThatSplit.class, put(70), newest(128));
  }

  /// Lincheck knows fields and arrays, not segments. So it is told between which calls to switch.
  private static final String[] STEPS = {
    "root",
    "rootChanged",
    "header",
    "changed",
    "changedOrGrown",
    "lowerBound",
    "entry",
    "entries",
    "child",
    "low",
    "next",
    "create",
    "fill",
    "setState",
    "insertByte",
    "publish",
    "publishRoot"
  };

  private static void check(Class<? extends Shared> state, Actor writer, Actor reader) {
    var scenario =
        new ExecutionScenario(
            List.of(), List.of(List.of(writer), List.of(reader)), List.of(), null);
    new ModelCheckingOptions()
        .iterations(0)
        .addCustomScenario(scenario)
        .invocationsPerIteration(INVOCATIONS)
        .loopBound(1_000_000)
        .loopIterationsBeforeThreadSwitch(1_000_000)
        .addGuarantee(forClasses(Keys.class.getName(), Entry.class.getName()).allMethods().ignore())
        .addGuarantee(forClasses(Node.class.getName()).methods(STEPS).treatAsAtomic())
        .addGuarantee(forClasses(Shared.class.getName()).methods("fill").ignore())
        .check(state);
  }

  private static Actor put(int key) {
    return actor("put", key);
  }

  private static Actor newest(int key) {
    return actor("newest", key);
  }

  private static Actor last() {
    return actor("last");
  }

  private static Actor actor(String operation, Object... arguments) {
    for (Method method : Shared.class.getMethods()) {
      if (method.getName().equals(operation)) {
        return new Actor(method, List.of(arguments));
      }
    }
    throw new AssertionError(operation);
  }

  /// A memtable with the keys 10, 20, … whose visible sequence its caller keeps, as everywhere.
  public abstract static class Shared {
    private final Memtable memtable = new Memtable(new SegmentPool(0), 1 << 20, 0);
    private volatile long visible;

    Shared(int before) {
      fill(before);
    }

    private void fill(int before) {
      for (int i = 1; i <= before; i++) {
        putSequence(i, 10 * i);
      }
    }

    @Operation(nonParallelGroup = "writer")
    public void put(int key) {
      putSequence(visible + 1, 10 * key + 5);
    }

    private void putSequence(long sequence, int number) {
      memtable.reserve(Memtable.entryBytesMax(4, 0));
      memtable.put(sequence, Kind.PUT, bytes(number), 0, 4, 4, 0);
      visible = sequence;
    }

    /// Finds one of the first keys, or one between them.
    @Operation
    public long newest(int key) {
      Found found = new Found();
      byte[] wanted = bytes(10 * key);
      return memtable.find(wanted, Hash.of(wanted), visible, found) ? found.sequence() : -1;
    }

    /// The last two visible entries.
    @Operation
    public String last() {
      long seen = visible;
      EntryCursor cursor = memtable.cursor();
      StringBuilder found = new StringBuilder();
      int count = 0;
      for (boolean there = cursor.last(); there && count < 2; there = cursor.previous()) {
        count += note(cursor, seen, found);
      }
      return found.toString();
    }

    private static int note(EntryCursor cursor, long seen, StringBuilder found) {
      if (cursor.sequence() > seen) {
        return 0;
      }
      found.append(cursor.sequence()).append(' ');
      return 1;
    }

    private static byte[] bytes(int key) {
      return new byte[] {0, 0, (byte) (key >>> 8), (byte) key};
    }
  }

  public static final class OneLeaf extends Shared {
    public OneLeaf() {
      super(3);
    }
  }

  public static final class RootThatSplits extends Shared {
    public RootThatSplits() {
      super(64);
    }
  }

  public static final class LeavesThatSplit extends Shared {
    public LeavesThatSplit() {
      super(128);
    }
  }
}
