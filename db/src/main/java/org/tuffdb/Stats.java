package org.tuffdb;

import java.util.List;

/// Figures of a store at one moment: see [Db#stats()].
///
/// @param keyspaces the keyspaces, the oldest first
/// @param memory where the memory goes
/// @param work what flush and compaction have done since the store was opened
/// @param visibleSequence how many writes readers see, since the store was created
/// @param durableSequence how many of them are known to be on the disk
/// @param logFiles how many files the log has
/// @param openSnapshots how many snapshots are open
/// @param openCursors how many cursors are open
/// @param writable false once a failure has made the store read-only
public record Stats(
    List<KeyspaceStats> keyspaces,
    Memory memory,
    Work work,
    long visibleSequence,
    long durableSequence,
    int logFiles,
    int openSnapshots,
    int openCursors,
    boolean writable) {

  /// What the store keeps in memory outside the heap, in bytes.
  ///
  /// @param maxBytes [Options#memoryBytes()]
  /// @param memtableBytes what memtables take, and what is kept for the next ones
  /// @param cacheBytes what cached blocks take
  /// @param tableBytes what the filters and fences of tables take that are not mapped
  /// @param mappedBytes how much of the files is mapped; it does not count against the limit
  public record Memory(
      long maxBytes, long memtableBytes, long cacheBytes, long tableBytes, long mappedBytes) {
    /// All that counts against the limit.
    public long usedBytes() {
      return memtableBytes + cacheBytes + tableBytes;
    }
  }

  /// What happened in the background since the store was opened.
  ///
  /// @param flushedBytes what was written into tables of level 0
  /// @param compactedReadBytes what compactions have read
  /// @param compactedWrittenBytes what compactions have written
  /// @param cacheHits how often a block was found in the cache
  /// @param cacheMisses how often it had to be read
  /// @param delayedNanos for how long writers were slowed down
  /// @param stalledNanos for how long writes had to wait for memory
  public record Work(
      long flushedBytes,
      long compactedReadBytes,
      long compactedWrittenBytes,
      long cacheHits,
      long cacheMisses,
      long delayedNanos,
      long stalledNanos) {
    /// How many bytes were written into tables for each byte that was flushed.
    public double writeAmplification() {
      return flushedBytes == 0 ? 0 : (flushedBytes + compactedWrittenBytes) / (double) flushedBytes;
    }
  }

  /// One keyspace.
  ///
  /// @param memtables how many memtables it has
  /// @param memtableEntries how many entries they hold; a key written twice counts twice
  /// @param levels the levels that there are, level 0 first
  /// @param debtBytes an estimate of how much compactions have to write until nothing is due
  public record KeyspaceStats(
      String name, int memtables, long memtableEntries, List<LevelStats> levels, long debtBytes) {
    /// How many tables or levels a read of a key that is not there may have to look into.
    public int readAmplification() {
      int places = memtables;
      for (LevelStats level : levels) {
        places += level.level == 0 ? level.tables.size() : Math.min(1, level.tables.size());
      }
      return places;
    }
  }

  /// One level of tables.
  public record LevelStats(int level, List<TableStats> tables) {
    public long sizeBytes() {
      return tables.stream().mapToLong(TableStats::sizeBytes).sum();
    }

    public long entries() {
      return tables.stream().mapToLong(TableStats::entries).sum();
    }

    public long deletes() {
      return tables.stream().mapToLong(TableStats::deletes).sum();
    }

    public long rangeDeletes() {
      return tables.stream().mapToLong(TableStats::rangeDeletes).sum();
    }
  }

  /// One table.
  ///
  /// @param number the number of its file
  /// @param entries how many entries it holds, deletes included
  public record TableStats(
      long number, long sizeBytes, long entries, long deletes, int rangeDeletes) {}

  /// How many entries there are in memtables and tables; a key that was written twice may count
  /// twice, and one that was deleted until a compaction has dropped it.
  public long entries() {
    long sum = 0;
    for (KeyspaceStats keyspace : keyspaces) {
      sum += keyspace.memtableEntries;
      sum += keyspace.levels.stream().mapToLong(LevelStats::entries).sum();
    }
    return sum;
  }

  /// What all tables take on the disk, in bytes.
  public long tableBytes() {
    return keyspaces.stream()
        .flatMap(keyspace -> keyspace.levels.stream())
        .mapToLong(LevelStats::sizeBytes)
        .sum();
  }
}
