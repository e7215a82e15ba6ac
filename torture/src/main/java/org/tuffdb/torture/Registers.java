package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks what threads saw of one key for linearizability: whether there is one order of all writes
/// and reads, in keeping with time, in which each read shows the write before it.
///
/// No two writes have the same value, so each read tells which write it saw, and the order can be
/// judged from the *zone* of each value: the time between the end of the call with this value that
/// ended first and the beginning of the one that began last. If the first lies before the second,
/// the value was current all that time, and no other such zone may overlap it. Otherwise it was
/// current at some moment in between, which must not lie within another value's time. (P. Gibbons
/// and E. Korach, "Testing shared memories", SIAM Journal on Computing 26, 1997.)
final class Registers {
  /// By key, and then by value.
  private final Map<String, Map<String, Cluster>> clusters = new HashMap<>();

  /// The calls with one value.
  private static final class Cluster {
    private final String value;
    private boolean written;
    private long writeBegun;
    private long firstEnd = Long.MAX_VALUE;
    private long firstReadEnd = Long.MAX_VALUE;
    private long lastBegin = Long.MIN_VALUE;

    Cluster(String value) {
      this.value = value;
    }

    void add(long begun, long ended) {
      firstEnd = Math.min(firstEnd, ended);
      lastBegin = Math.max(lastBegin, begun);
    }

    boolean isCurrentThroughout() {
      return firstEnd < lastBegin;
    }

    @Override
    public String toString() {
      return "%s, seen first before %d and last after %d".formatted(value, firstEnd, lastBegin);
    }
  }

  /// A write that was called at `begun`.
  ///
  /// @param ended when it returned; `Long.MAX_VALUE` if it did not, and may have taken effect or
  ///   not
  void wrote(String key, String value, long begun, long ended) {
    Cluster cluster = cluster(key, value);
    cluster.written = true;
    cluster.writeBegun = begun;
    if (ended != Long.MAX_VALUE || cluster.firstReadEnd != Long.MAX_VALUE) {
      cluster.add(begun, ended);
    }
  }

  /// A read that was called at `begun` and returned at `ended`; null stands for nothing.
  void read(String key, @Nullable String value, long begun, long ended) {
    Cluster cluster = cluster(key, String.valueOf(value));
    cluster.firstReadEnd = Math.min(cluster.firstReadEnd, ended);
    cluster.add(begun, ended);
  }

  private Cluster cluster(String key, String value) {
    return clusters
        .computeIfAbsent(key, absent -> new HashMap<>())
        .computeIfAbsent(value, Cluster::new);
  }

  /// @param begun when there was nothing yet under any key
  /// @throws Violation if there is no such order
  void check(long begun) {
    for (String key : clusters.keySet()) {
      Cluster nothing = cluster(key, String.valueOf((Object) null));
      nothing.written = true;
      nothing.writeBegun = begun;
      nothing.add(begun, begun);
    }
    clusters.forEach((key, ofKey) -> check(key, ofKey.values()));
  }

  private static void check(String key, Collection<Cluster> ofKey) {
    List<Cluster> throughout = new ArrayList<>();
    List<Cluster> moments = new ArrayList<>();
    for (Cluster cluster : ofKey) {
      if (!cluster.written) {
        throw new Violation(key + ": nobody wrote " + cluster);
      }
      if (cluster.firstReadEnd < cluster.writeBegun) {
        throw new Violation(key + ": read before it was written: " + cluster);
      }
      (cluster.isCurrentThroughout() ? throughout : moments).add(cluster);
    }
    throughout.sort(Comparator.comparingLong(cluster -> cluster.firstEnd));
    for (int i = 1; i < throughout.size(); i++) {
      if (throughout.get(i).firstEnd < throughout.get(i - 1).lastBegin) {
        throw new Violation(
            "%s: both were the newest at one time: %s; %s"
                .formatted(key, throughout.get(i - 1), throughout.get(i)));
      }
    }
    moments.forEach(moment -> requireRoom(key, moment, throughout));
  }

  /// A value that was current at some moment between the two needs one in which no other was.
  private static void requireRoom(String key, Cluster moment, List<Cluster> throughout) {
    if (moment.firstEnd == Long.MAX_VALUE) {
      return; // it was never seen, and need not have been written
    }
    for (Cluster other : throughout) {
      if (other.firstEnd < moment.lastBegin && moment.firstEnd < other.lastBegin) {
        throw new Violation(
            "%s: seen while another was the newest: %s; %s".formatted(key, moment, other));
      }
    }
  }
}
