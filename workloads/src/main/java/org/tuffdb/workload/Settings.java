package org.tuffdb.workload;

import java.nio.file.Path;

/// What a run is asked for.
///
/// @param entries how many there are, or are to be written
/// @param seconds after which a run is cut short; its rate is that of what was done
/// @param memoryBytes what the store may take for itself, caches included
/// @param synced whether each write is on the disk when it returns
/// @param warm whether a part of the work is done beforehand and not measured
public record Settings(
    Path directory,
    int entries,
    int valueBytes,
    int threads,
    double seconds,
    long memoryBytes,
    boolean synced,
    boolean warm,
    long seed) {

  Settings in(Path otherDirectory, int otherEntries) {
    return new Settings(
        otherDirectory,
        otherEntries,
        valueBytes,
        threads,
        seconds,
        memoryBytes,
        synced,
        warm,
        seed);
  }
}
