package org.tuffdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.tuffdb.event.Event;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.table.Access;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.BlockCompression;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableOptions;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Levels;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// The open tables of a store: what the manifest knows and what readers see of them change here,
/// together.
final class Tables {
  private final Setup setup;
  private final Options options;
  private final long storeId;
  private final BlockCache cache;
  private final Lifetimes lifetimes;
  private final Failure failure;

  /// How tables are read from now on. Guarded by this, as are the changes of the manifest that
  /// concern tables.
  private Access access;

  private long memoryBytes;
  private boolean toldOfMemory;

  /// @param sizeBytes what all tables take on the disk
  Tables(
      Setup setup,
      long storeId,
      long sizeBytes,
      BlockCache cache,
      Lifetimes lifetimes,
      Failure failure) {
    this.setup = setup;
    this.options = setup.options();
    this.storeId = storeId;
    this.cache = cache;
    this.lifetimes = lifetimes;
    this.failure = failure;
    this.access =
        options.reading() == Reading.CACHED
                || (options.reading() == Reading.AUTO && !MachineMemory.fits(sizeBytes))
            ? Access.CACHED
            : Access.MAPPED;
  }

  /// How the tables of a level are written, of `levels` many.
  static TableOptions options(Options options, int level, int levels) {
    return new TableOptions(
        options.blockBytes(),
        options.filterBitsPerKey(),
        options.compression(level, levels) == Compression.LZ4
            ? BlockCompression.LZ4
            : BlockCompression.NONE);
  }

  synchronized Table open(TableInfo info) throws IOException {
    return Table.open(
        setup.files(),
        FileNames.table(setup.directory(), info.number()),
        info,
        storeId,
        access,
        cache);
  }

  /// The levels that `version` tells of. Those of its tables that are not in `known` are opened.
  synchronized Levels levels(Version.KeyspaceVersion version, Map<Long, Table> known)
      throws IOException {
    List<Table> opened = new ArrayList<>();
    try {
      Table[][] levels = new Table[Version.LEVELS_MAX][];
      for (int level = 0; level < levels.length; level++) {
        List<TableInfo> infos = version.levels().get(level);
        levels[level] = new Table[infos.size()];
        for (int i = 0; i < levels[level].length; i++) {
          Table table = known.get(infos.get(i).number());
          if (table == null) {
            table = open(infos.get(i));
            opened.add(table);
          }
          levels[level][i] = table;
        }
      }
      return new Levels(levels);
    } catch (Throwable refused) {
      for (Table table : opened) {
        table.close();
      }
      throw refused;
    }
  }

  private static Map<Long, Table> byNumber(Levels levels) {
    Map<Long, Table> tables = new HashMap<>();
    for (Table[] level : levels.tables()) {
      for (Table table : level) {
        tables.put(table.info().number(), table);
      }
    }
    return tables;
  }

  /// The tables of a keyspace, pinned: all that the manifest knows are there. A merge holds them
  /// for seconds, so the memtables are left out, whose memory writers wait for. Null if the
  /// keyspace was dropped.
  synchronized @Nullable View pin(Keyspace keyspace) {
    return keyspace.isDropped() ? null : keyspace.view().pinnedTables();
  }

  /// Has the manifest know `edits`, which concern the tables of one keyspace, and readers see what
  /// they make of it. After a failure that leaves the manifest's state unknown, the failure is
  /// latched.
  ///
  /// @param added the tables that they add, open
  /// @param change makes the next view of the present one and the new levels
  /// @return false if the keyspace was dropped: nothing has changed
  /// @throws NoSpaceException if the disk is full: nothing has changed
  synchronized boolean commit(
      Manifest manifest,
      Keyspace keyspace,
      List<Edit> edits,
      Collection<Table> added,
      BiFunction<View, Levels, View> change)
      throws IOException {
    if (keyspace.isDropped()) {
      return false;
    }
    commit(manifest, edits);
    try {
      show(manifest, keyspace, edits, added, change);
    } catch (Throwable unseen) {
      // The manifest has the edits, and readers do not see what they make.
      failure.latch(unseen);
      throw unseen;
    }
    return true;
  }

  private void show(
      Manifest manifest,
      Keyspace keyspace,
      List<Edit> edits,
      Collection<Table> added,
      BiFunction<View, Levels, View> change)
      throws IOException {
    Map<Long, Table> known = byNumber(keyspace.view().levels());
    for (Table table : added) {
      known.put(table.info().number(), table);
    }
    makeObsolete(edits);
    Version.KeyspaceVersion version = manifest.version().keyspaces().get(keyspace.id());
    if (version == null) {
      throw new IllegalStateException("the manifest does not know " + keyspace);
    }
    Levels levels = levels(version, known);
    keyspace.change(view -> change.apply(view, levels), true);
  }

  /// Has the manifest know edits that concern no table.
  void commit(Manifest manifest, List<Edit> edits) throws IOException {
    try {
      manifest.commit(edits);
    } catch (NoSpaceException full) {
      throw full;
    } catch (Throwable unknown) {
      failure.latch(unknown);
      throw unknown;
    }
  }

  private void makeObsolete(List<Edit> edits) {
    Set<Long> gone = new HashSet<>();
    for (Edit edit : edits) {
      if (edit instanceof Edit.TableRemoved(int _, int _, long number)) {
        gone.add(number);
      } else if (edit instanceof Edit.TableAdded(int _, int _, TableInfo table)) {
        gone.remove(table.number());
      }
    }
    gone.forEach(lifetimes::makeObsolete);
  }

  /// Drops a keyspace with all its tables.
  synchronized void drop(Manifest manifest, Keyspaces keyspaces, Keyspace keyspace)
      throws IOException {
    commit(manifest, List.of(new Edit.KeyspaceDropped(keyspace.id())));
    try {
      byNumber(keyspace.view().levels()).keySet().forEach(lifetimes::makeObsolete);
      keyspaces.remove(keyspace);
    } catch (Throwable unseen) {
      // The manifest has dropped it, so whatever is still written to it is lost.
      failure.latch(unseen);
      throw unseen;
    }
  }

  /// Has the store go over to positional reads once its tables have outgrown the machine's memory,
  /// and gives the cache what the filters and fences leave of the budget.
  synchronized void adapt(Manifest manifest, Keyspaces keyspaces) throws IOException {
    if (options.reading() == Reading.AUTO
        && access == Access.MAPPED
        && !MachineMemory.fits(sizeBytes(manifest.version()))) {
      access = Access.CACHED;
    }
    if (options.reading() == Reading.AUTO && access == Access.CACHED) {
      for (Keyspace keyspace : keyspaces.all()) {
        try {
          unmap(manifest, keyspace);
        } catch (IOException | RuntimeException unopened) {
          // It is read as before, and whoever comes next tries again.
          failure.report(unopened);
        }
      }
    }
    memoryBytes = memoryBytes(keyspaces);
    long left = cacheBytesMax() - memoryBytes;
    cache.resize(Math.max(0, left));
    if (left < 0 && !toldOfMemory) {
      toldOfMemory = true;
      setup.listener().on(new Event.MemoryTooSmall(memoryBytes, options.memoryBytes()));
    }
  }

  /// Opens those tables of a keyspace anew that are mapped: at the change, or if that has failed
  /// half way, or a merge had opened them before it.
  private void unmap(Manifest manifest, Keyspace keyspace) throws IOException {
    Map<Long, Table> known = byNumber(keyspace.view().levels());
    boolean anyMapped = known.values().removeIf(Table::isMapped);
    Version.KeyspaceVersion version = manifest.version().keyspaces().get(keyspace.id());
    if (anyMapped && version != null) {
      Levels levels = levels(version, known);
      keyspace.change(view -> view.with(levels), true);
    }
  }

  /// What cached blocks, filters and fences may take together.
  private long cacheBytesMax() {
    return cacheBytesMax(options);
  }

  /// What the cache may take while there are no tables: half of the memory is for memtables, and a
  /// sixteenth is for the buffers of flush and compaction.
  static long cacheBytesMax(Options options) {
    return options.memoryBytes() - options.memtablesBytes() - options.memoryBytes() / 16;
  }

  private static long memoryBytes(Keyspaces keyspaces) {
    long sum = 0;
    for (Keyspace keyspace : keyspaces.all()) {
      for (Table[] level : keyspace.view().levels().tables()) {
        for (Table table : level) {
          sum += table.memoryBytes();
        }
      }
    }
    return sum;
  }

  /// How much of the files is mapped, in bytes.
  synchronized long mappedBytes(Manifest manifest) {
    return access == Access.MAPPED ? sizeBytes(manifest.version()) : 0;
  }

  static long sizeBytes(Version version) {
    long sum = 0;
    for (Version.KeyspaceVersion keyspace : version.keyspaces().values()) {
      for (List<TableInfo> level : keyspace.levels()) {
        for (TableInfo table : level) {
          sum += table.sizeBytes();
        }
      }
    }
    return sum;
  }

  /// What the filters and fences take, in bytes.
  synchronized long memoryBytes() {
    return memoryBytes;
  }
}
