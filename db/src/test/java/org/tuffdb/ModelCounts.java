package org.tuffdb;

import java.util.Map;
import java.util.TreeMap;

/// How often each thing happened that the model test is there for.
final class ModelCounts {
  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void add(String what, long count) {
    counts.merge(what, count, Long::sum);
  }

  void add(String what) {
    add(what, 1);
  }

  synchronized void add(ModelCounts others) {
    others.counts.forEach(this::add);
  }

  synchronized long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public synchronized String toString() {
    return counts.toString();
  }
}
