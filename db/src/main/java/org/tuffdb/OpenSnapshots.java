package org.tuffdb;

import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.tuffdb.compact.Snapshots;

/// The sequences that somebody reads at: the versions that they see must stay.
///
/// A sequence is read and noted in one step. So whoever lists them knows that one which is noted
/// later is not below what was visible and durable then. Thread-safe.
final class OpenSnapshots {
  private final TreeMap<Long, Integer> open = new TreeMap<>();

  /// Notes the sequence that `now` says, and returns it.
  synchronized long open(LongSupplier now) {
    long sequence = now.getAsLong();
    open.merge(sequence, 1, Integer::sum);
    return sequence;
  }

  synchronized void close(long sequence) {
    open.computeIfPresent(sequence, (_, count) -> count == 1 ? null : count - 1);
  }

  /// All of them, ascending and without repeats, with what `durable` and `visible` say now: a
  /// snapshot of either may be taken next.
  synchronized Snapshots list(LongSupplier durable, LongSupplier visible) {
    TreeMap<Long, Integer> all = new TreeMap<>(open);
    all.put(durable.getAsLong(), 1);
    all.put(visible.getAsLong(), 1);
    return Snapshots.of(all.keySet().stream().mapToLong(Long::longValue).toArray());
  }
}
