package org.tuffdb;

import java.util.ArrayList;
import java.util.List;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Gathers the figures of a store.
record StatsReport(
    Options options,
    Keyspaces keyspaces,
    Manifest manifest,
    Maintenance maintenance,
    Tables tables,
    BlockCache cache) {
  Stats make(
      long visibleSequence,
      long durableSequence,
      int openSnapshots,
      int openCursors,
      boolean writable) {
    Version version = manifest.version();
    List<Stats.KeyspaceStats> each = new ArrayList<>();
    for (Version.KeyspaceVersion keyspace : version.keyspaces().values()) {
      Keyspace open = keyspaces.find(keyspace.name());
      if (open != null) {
        each.add(keyspace(open, keyspace));
      }
    }
    return new Stats(
        each,
        memory(),
        work(),
        visibleSequence,
        durableSequence,
        version.logs().size(),
        openSnapshots,
        openCursors,
        writable);
  }

  private Stats.KeyspaceStats keyspace(Keyspace keyspace, Version.KeyspaceVersion version) {
    Memtable[] memtables = keyspace.view().memtables();
    long entries = 0;
    for (Memtable memtable : memtables) {
      entries += memtable.entryCount();
    }
    List<Stats.LevelStats> levels = new ArrayList<>();
    for (int level = 0; level < Compactor.levels(version, options); level++) {
      levels.add(new Stats.LevelStats(level, tables(version.levels().get(level))));
    }
    return new Stats.KeyspaceStats(
        keyspace.name(),
        memtables.length,
        entries,
        levels,
        maintenance.compactor().debtBytes(keyspace));
  }

  private static List<Stats.TableStats> tables(List<TableInfo> infos) {
    return infos.stream()
        .map(info ->
            new Stats.TableStats(
                info.number(),
                info.sizeBytes(),
                info.entries(),
                info.deletes(),
                info.rangeDeletes()))
        .toList();
  }

  private Stats.Memory memory() {
    return new Stats.Memory(
        options.memoryBytes(),
        keyspaces.memoryBytes(),
        cache.memoryBytes(),
        tables.memoryBytes(),
        tables.mappedBytes(manifest));
  }

  private Stats.Work work() {
    return new Stats.Work(
        maintenance.flusher().flushedBytes(),
        maintenance.compactor().readBytes(),
        maintenance.compactor().writtenBytes(),
        cache.hits(),
        cache.misses(),
        maintenance.backpressure().delayedNanos(),
        maintenance.stalledNanos());
  }
}
