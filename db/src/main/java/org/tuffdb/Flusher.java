package org.tuffdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.tuffdb.compact.Compaction;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;

/// Writes the oldest frozen memtable of a keyspace into a table of level 0.
///
/// First the log is synced as far as the memtable goes. Entries of other keyspaces stand between
/// those of this one, and after a crash either all of them must be there or none. And only when all
/// of the memtable is durable, nobody can open a durable snapshot any more that stands between two
/// versions of a key in it, of which the flush keeps one.
final class Flusher {
  private final Setup setup;
  private final Directory directory;
  private final Manifest manifest;
  private final LogFiles logFiles;
  private final Keyspaces keyspaces;
  private final Tables tables;
  private final CommitPipeline pipeline;
  private final OpenSnapshots snapshots;
  private final Failure failure;
  private final LongAdder flushedBytes = new LongAdder();

  Flusher(
      Setup setup,
      Directory directory,
      Manifest manifest,
      LogFiles logFiles,
      Keyspaces keyspaces,
      Tables tables,
      CommitPipeline pipeline,
      OpenSnapshots snapshots,
      Failure failure) {
    this.setup = setup;
    this.directory = directory;
    this.manifest = manifest;
    this.logFiles = logFiles;
    this.keyspaces = keyspaces;
    this.tables = tables;
    this.pipeline = pipeline;
    this.snapshots = snapshots;
    this.failure = failure;
  }

  /// Flushes the oldest frozen memtable of `keyspace`, unless it is cancelled.
  ///
  /// @throws org.tuffdb.fs.NoSpaceException if the disk is full: nothing has changed
  /// @throws IOException as whatever else is thrown, after which the failure is latched if the
  ///   state of the manifest is unknown; otherwise nothing has changed
  void flush(Keyspace keyspace, BooleanSupplier cancelled) throws IOException {
    View pinned = keyspace.pinWhatIsLeft();
    try {
      Memtable memtable = pinned.oldestFrozen();
      if (memtable != null) {
        flush(keyspace, memtable, () -> cancelled.getAsBoolean() || keyspace.isDropped());
      }
    } finally {
      pinned.unpin();
    }
  }

  /// Flushes a memtable that is pinned: if the keyspace is dropped meanwhile, its memory stays.
  private void flush(Keyspace keyspace, Memtable memtable, BooleanSupplier cancelled)
      throws IOException {
    long begun = setup.clock().nanos();
    NewTables files =
        new NewTables(
            setup,
            directory,
            tables,
            manifest.storeId(),
            Tables.options(setup.options(), 0, setup.options().levels()),
            manifest::newFileNumber);
    try {
      syncLog(memtable.newestSequence());
      List<TableInfo> written = write(memtable, files, cancelled);
      List<Table> opened = files.open(written);
      failure.latching(() -> directory.sync()); // a call site that EverySyncCountsTest sees
      commit(keyspace, memtable, opened, files);
      long nanos = setup.clock().nanos() - begun;
      for (TableInfo table : written) {
        flushedBytes.add(table.sizeBytes());
        setup
            .listener()
            .on(
                new Event.Flushed(
                    keyspace.name(),
                    FileNames.table(directory.path(), table.number()),
                    table.entries(),
                    table.sizeBytes(),
                    nanos));
      }
    } catch (CancellationException closing) {
      files.discard(closing, false);
    } catch (Throwable broken) {
      files.discard(broken, failure.isLatched());
      throw broken;
    }
  }

  private List<TableInfo> write(Memtable memtable, NewTables files, BooleanSupplier cancelled)
      throws IOException {
    return Compaction.flush(
            memtable.cursor(),
            memtable.rangeDeletes(),
            snapshots.list(pipeline::durableSequence, pipeline::visibleSequence),
            files,
            _ -> cancelled.getAsBoolean())
        .tables();
  }

  private void syncLog(long sequence) throws IOException {
    if (pipeline.durableSequence() < sequence) {
      pipeline.syncBeside();
    }
  }

  private void commit(Keyspace keyspace, Memtable memtable, List<Table> opened, NewTables files)
      throws IOException {
    List<Edit> edits = new ArrayList<>();
    for (Table table : opened) {
      edits.add(new Edit.TableAdded(keyspace.id(), 0, table.info()));
    }
    edits.add(new Edit.Flushed(keyspace.id(), memtable.newestSequence()));
    List<Edit> logEdits = dropLogs(memtable);
    edits.addAll(logEdits);
    boolean committed =
        tables.commit(
            manifest, keyspace, edits, opened, (view, levels) -> view.withFlushed(levels));
    if (committed) {
      files.referred();
      logFiles.discard(logEdits);
      tables.adapt(manifest, keyspaces);
    } else {
      files.discard(new IOException("the keyspace was dropped"), false);
    }
  }

  /// Drops the files of the log that nobody needs, where there is nothing to flush.
  void dropLogs() throws IOException {
    List<Edit> edits =
        logFiles.dropBefore(
            keyspaces.firstLogNeeded(pipeline.logSegment().number(), null), pipeline.logSegment());
    if (!edits.isEmpty()) {
      tables.commit(manifest, edits);
      logFiles.discard(edits);
    }
  }

  /// The edits that drop the files of the log which nobody needs once `flushed` is in a table.
  private List<Edit> dropLogs(Memtable flushed) {
    return logFiles.dropBefore(
        keyspaces.firstLogNeeded(pipeline.logSegment().number(), flushed), pipeline.logSegment());
  }

  /// How many bytes were written into tables of level 0 so far.
  long flushedBytes() {
    return flushedBytes.sum();
  }
}
