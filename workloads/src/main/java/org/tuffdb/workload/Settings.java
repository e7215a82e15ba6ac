package org.tuffdb.workload;

import java.nio.file.Path;
import java.util.Map;
import org.tuffdb.Compression;

/// What a run is asked for.
///
/// @param entries how many there are, or are to be written
/// @param valueBytes how long values are, or the longest of them
/// @param threads 0 for as many as the workload says
/// @param seconds after which a run is cut short; its rate is that of what was done
/// @param memoryBytes what the store may take for itself, caches included
/// @param compression of what has come to rest, where a store offers the choice
/// @param synced whether each write is on the disk when it returns
/// @param warmSeconds for how long the work is done beforehand and not measured; 0 for not at all
public record Settings(
    Path directory,
    int entries,
    int valueBytes,
    int threads,
    double seconds,
    long memoryBytes,
    Compression compression,
    boolean synced,
    double warmSeconds,
    long seed) {

  /// The settings whose fields were read from JSON, each as text.
  public static Settings of(Map<String, String> fields) {
    return Fields.record(Settings.class, fields);
  }

  /// As one line of JSON.
  public String toJson() {
    return Fields.json(this);
  }

  /// Those of a run that only prepares a store there, however long it takes.
  public Settings preparing(Path place) {
    return new Settings(
        place, entries, valueBytes, 0, 1e9, memoryBytes, compression, false, 0, seed);
  }

  /// The same with another amount of memory for the store.
  public Settings withMemory(long bytes) {
    return new Settings(
        directory,
        entries,
        valueBytes,
        threads,
        seconds,
        bytes,
        compression,
        synced,
        warmSeconds,
        seed);
  }

  /// The same elsewhere.
  public Settings in(Path otherDirectory) {
    return with(otherDirectory, entries, valueBytes, synced);
  }

  /// What a store is opened with for a workload and its entries.
  Settings of(Workload workload, Entries its) {
    return with(directory, its.count(), its.valueBytesMax(), workload.synced());
  }

  private Settings with(Path dir, int entryCount, int bytes, boolean sync) {
    return new Settings(
        dir,
        entryCount,
        bytes,
        threads,
        seconds,
        memoryBytes,
        compression,
        sync,
        warmSeconds,
        seed);
  }
}
