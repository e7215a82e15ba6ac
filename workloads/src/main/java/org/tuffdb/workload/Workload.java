package org.tuffdb.workload;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// A kind of work that is measured.
///
/// @param start what the store holds before it
/// @param reads whether it reads what was there before
/// @param writes whether the store holds something else afterwards
/// @param synced whether each write is on the disk when it returns
/// @param threads how many do it at once
/// @param virtual whether these are virtual threads
/// @param secondsMax after which it is cut short in any case
/// @param operationsTimed how many operations one latency is of
/// @param body what each thread does
/// @param check what is done for each thread afterwards, when the store has been opened anew
public record Workload(
    String name,
    Data data,
    Start start,
    boolean reads,
    boolean writes,
    boolean synced,
    int threads,
    boolean virtual,
    double secondsMax,
    int operationsTimed,
    Body body,
    Body check) {

  /// What a store holds before a workload.
  public enum Start {
    EMPTY,

    /// All entries, which were put in random order.
    LOADED,

    /// The same, and the process that put them one by one ended without closing the store.
    STOPPED,

    /// It is about the machine, and there is no store.
    NO_STORE
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
  /// @param stop set when threads that only keep the store busy may end
  record Worker(
      Entries entries,
      int entryCount,
      int count,
      int pass,
      int thread,
      int threads,
      Measure measure,
      AtomicBoolean stop,
      Path directory) {

    int from() {
      return (int) ((long) count * thread / threads);
    }

    int limit() {
      return (int) ((long) count * (thread + 1) / threads);
    }

    /// Puts an entry, and notes how much that was.
    ///
    /// @param key for the bytes of the key
    /// @param value for those of the value
    void put(Store.Session session, long number, int version, byte[] key, byte[] value) {
      byte[] itsKey = entries.key(number, key);
      byte[] itsValue = entries.value(number, version, value);
      session.put(itsKey, itsValue);
      measure.put(itsKey.length + itsValue.length);
    }

    /// The numbers of all entries in random order.
    int[] shuffled() {
      return entries.shuffled(entryCount, pass);
    }
  }

  /// Makes a workload of one thread that does not sync and has no check of its own, if nothing else
  /// is said.
  static final class Builder {
    private final String name;
    private final Start start;
    private final boolean reads;
    private final boolean writes;
    private Data data = Data.PLAIN;
    private boolean synced;
    private int threads = 1;
    private boolean virtual;
    private double secondsMax = Double.MAX_VALUE;
    private int operationsTimed = 1;
    private Body check = (_, _) -> {};

    private Builder(String name, Start start, boolean reads, boolean writes) {
      this.name = name;
      this.start = start;
      this.reads = reads;
      this.writes = writes;
    }

    Builder data(Data kind) {
      data = kind;
      return this;
    }

    Builder synced() {
      synced = true;
      return this;
    }

    Builder threads(int count) {
      threads = count;
      return this;
    }

    Builder virtualThreads(int count) {
      virtual = true;
      return threads(count);
    }

    Builder secondsMax(double seconds) {
      secondsMax = seconds;
      return this;
    }

    Builder operationsTimed(int count) {
      operationsTimed = count;
      return this;
    }

    Builder checkedBy(Body body) {
      check = body;
      return this;
    }

    Workload does(Body body) {
      return new Workload(
          name,
          data,
          start,
          reads,
          writes,
          synced,
          threads,
          virtual,
          secondsMax,
          operationsTimed,
          body,
          check);
    }
  }

  static Builder reading(String name) {
    return new Builder(name, Start.LOADED, true, false);
  }

  static Builder mixing(String name) {
    return new Builder(name, Start.LOADED, true, true);
  }

  static Builder writing(String name, Start start) {
    return new Builder(name, start, false, true);
  }

  /// What makes the store that this workload starts with, if it is not empty.
  public String preparedBy() {
    return switch (start) {
      case LOADED -> Fills.LOAD + data.label();
      case STOPPED -> Fills.STOP + data.label();
      case EMPTY, NO_STORE -> throw new IllegalStateException(name + " starts with nothing");
    };
  }
}
