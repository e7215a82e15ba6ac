package org.tuffdb.workload;

import java.util.Map;

/// What a run has shown. Figures that the machine does not tell are -1.
///
/// @param failure why there are no figures; empty if there are
/// @param operationsTimed how many operations a latency is of
/// @param cpuNanos what the process has computed for an operation until the last one was done
/// @param settledCpuNanos the same, with what the store had left to do in the background
/// @param garbageBytes what the working threads have allocated in the heap for an operation, those
///   included that only keep the store busy; if they are virtual, what all threads have
/// @param fileBytesMax the most pages of files that were mapped into the process
/// @param residentBytesMax the most that both were together
/// @param writeAmplification bytes written to files for each byte of the keys and values that were
///   put; -1 where nothing was, and of synced writes
public record Result(
    String store,
    String workload,
    String failure,
    int entries,
    int valueBytes,
    int threads,
    long operations,
    double seconds,
    double operationsPerSecond,
    int operationsTimed,
    long p50Nanos,
    long p99Nanos,
    long p999Nanos,
    long longestNanos,
    double cpuNanos,
    double settledCpuNanos,
    double settleSeconds,
    double garbageBytes,
    long anonymousBytesMax,
    long fileBytesMax,
    long residentBytesMax,
    long diskBytes,
    double writeAmplification) {

  /// A run that has shown nothing, and why.
  public static Result failed(String store, String workload, String failure) {
    return new Result(
        store, workload, failure, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  public boolean isFailed() {
    return !failure.isEmpty();
  }

  /// As one line of JSON.
  public String toJson() {
    return Fields.json(this);
  }

  /// The result whose fields were read from JSON, each as text.
  public static Result of(Map<String, String> fields) {
    return Fields.record(Result.class, fields);
  }
}
