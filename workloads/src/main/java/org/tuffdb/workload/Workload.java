package org.tuffdb.workload;

/// A kind of work that is measured.
///
/// @param start what the store holds before it
/// @param writes whether the store holds something else afterwards
/// @param threads how many do it at once
/// @param operationsTimed how many operations one latency is of
/// @param body what each thread does
public record Workload(
    String name, Start start, boolean writes, int threads, int operationsTimed, Body body) {

  /// What a store holds before a workload.
  public enum Start {
    EMPTY,

    /// All entries, which were put in random order.
    LOADED
  }

  /// What one thread does. It ends early when the measure says so.
  @FunctionalInterface
  interface Body {
    void run(Store.Session session, Worker worker);
  }

  /// What a thread works with.
  ///
  /// @param entryCount how many entries there are
  /// @param count how many operations all threads together are to do
  /// @param pass another order for each, where the order is random
  record Worker(
      Entries entries,
      int entryCount,
      int count,
      int pass,
      int thread,
      int threads,
      Measure measure) {

    int from() {
      return (int) ((long) count * thread / threads);
    }

    int limit() {
      return (int) ((long) count * (thread + 1) / threads);
    }

    /// The numbers of all entries in random order.
    int[] shuffled() {
      return entries.shuffled(entryCount, pass);
    }
  }
}
