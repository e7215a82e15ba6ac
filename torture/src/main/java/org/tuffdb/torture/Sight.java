package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// How many writes of each writer a view of the store showed at one moment.
final class Sight {
  private final int[] writes;

  Sight(int[] writes) {
    this.writes = writes;
  }

  int writes(int writer) {
    return writes[writer];
  }

  boolean isSameAs(Sight other) {
    return Arrays.equals(writes, other.writes);
  }

  private long sum() {
    return Arrays.stream(writes).asLongStream().sum();
  }

  private boolean isWithin(Sight later) {
    for (int i = 0; i < writes.length; i++) {
      if (writes[i] > later.writes[i]) {
        return false;
      }
    }
    return true;
  }

  /// Views of moments of one history lie on a line: of any two, one shows all that the other does.
  ///
  /// @throws Violation if two of them show different histories
  static void requireOneHistory(List<Sight> sights) {
    List<Sight> ordered = new ArrayList<>(sights);
    ordered.sort(Comparator.comparingLong(Sight::sum));
    for (int i = 1; i < ordered.size(); i++) {
      if (!ordered.get(i - 1).isWithin(ordered.get(i))) {
        throw new Violation(
            "two views show different histories: %s and %s"
                .formatted(ordered.get(i - 1), ordered.get(i)));
      }
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(writes);
  }
}
