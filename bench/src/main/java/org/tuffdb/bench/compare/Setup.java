package org.tuffdb.bench.compare;

import java.util.Locale;
import java.util.Map;
import org.tuffdb.Compression;
import org.tuffdb.workload.Data;
import org.tuffdb.workload.Fields;

/// Under what conditions is compared.
///
/// @param memoryMib what a store may take for itself beside the heap
/// @param warmSeconds how long the work was done before it was measured
/// @param largeMib what runs that are short of memory have in all
/// @param commit of TuffDB; empty if unknown
/// @param seed -1 if unknown
public record Setup(
    String date,
    String machine,
    String java,
    int entries,
    int valueBytes,
    int rounds,
    double seconds,
    int heapMib,
    long memoryMib,
    long largeMib,
    Compression compression,
    double warmSeconds,
    String commit,
    long seed) {

  static Setup of(Map<String, String> fields) {
    return Fields.record(Setup.class, fields);
  }

  /// @param large whether what is short of memory is among the workloads
  String text(boolean large) {
    return text() + (large ? largeText() : "") + (commit.isEmpty() ? "" : origin());
  }

  private String largeText() {
    ShortOfMemory little = new ShortOfMemory(largeMib);
    return String.format(
        Locale.ROOT,
        "%s: %,d entries; %d MiB in all, of it heap %d MiB, memory %d MiB%n",
        Figures.LARGE,
        Data.LARGE.count(entries),
        largeMib,
        little.heapMib(),
        little.memoryMib());
  }

  private String origin() {
    return String.format(Locale.ROOT, "commit %s, seed %d%n", commit, seed);
  }

  private String text() {
    return String.format(
        Locale.ROOT,
        "%,d entries, keys 16 bytes, values %d bytes; last level's compression %s%n"
            + "heap %d MiB, memory %d MiB, RocksDB's block cache %d MiB; %s%n"
            + "medians of %d rounds, at most %.0f s a run; %s, Java %s, %s%n",
        entries,
        valueBytes,
        compression.name().toLowerCase(Locale.ROOT),
        heapMib,
        memoryMib,
        memoryMib,
        warmSeconds > 0 ? "%.0f s of warming up".formatted(warmSeconds) : "cold",
        rounds,
        seconds,
        machine,
        java,
        date);
  }
}
