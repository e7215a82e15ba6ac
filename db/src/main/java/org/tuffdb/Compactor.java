package org.tuffdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tuffdb.compact.Compaction;
import org.tuffdb.compact.CompactionOptions;
import org.tuffdb.compact.Picker;
import org.tuffdb.compact.Shape;
import org.tuffdb.compact.Task;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.event.Event;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Does what the picker chooses, one task at a time.
final class Compactor {
  /// A table is cut where it overlaps with so many of the level below its own: merging it down
  /// costs no more than that.
  private static final int GRANDPARENT_TABLES = 10;

  /// A table of which at least one entry in so many is a tombstone is merged down first.
  private static final int TOMBSTONE_SHARE = 4;

  /// From no pressure to full pressure level 0 grows by so many times the tables that make its
  /// compaction due, and the debt by so many times what is allowed without any.
  private static final double LEVEL_0_RANGE = 5;

  private static final double DEBT_RANGE = 16;

  /// Level 0 with so many times the tables that make its compaction due is felt by writers.
  private static final int CROWDED = 2;

  /// So often a merge tells how far it is.
  private static final int PROGRESS_ENTRIES = 64 << 10;

  private final Setup setup;
  private final Options options;
  private final Directory directory;
  private final Manifest manifest;
  private final Keyspaces keyspaces;
  private final Tables tables;
  private final CommitPipeline pipeline;
  private final OpenSnapshots snapshots;
  private final Failure failure;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder writtenBytes = new LongAdder();
  private final Runnable progressed;

  /// The keyspaces in which a compaction has met damage, with what it met.
  private final Map<Integer, DbException> halted = new ConcurrentHashMap<>();

  /// The keyspaces in which a merge has found the disk full since anything else was done.
  private final Set<Integer> withoutSpace = ConcurrentHashMap.newKeySet();

  /// What was tried last. For the lane.
  private @Nullable Keyspace tried;

  private volatile boolean calm;
  private volatile boolean running;
  private volatile @Nullable Progress progress;

  /// How far the merge is that is under way.
  private static final class Progress {
    private final Keyspace keyspace;
    private final int level0Tables;
    private final long bytes;
    private final long entries;
    private volatile long entriesDone;
    private long entriesTold;

    Progress(Keyspace keyspace, Task.Merge merge, List<Table> inputs) {
      this.keyspace = keyspace;
      this.level0Tables = merge.fromLevel() == 0 ? merge.upper().size() : 0;
      this.bytes = isPressing(merge) ? sizeBytes(inputs) : 0;
      this.entries = inputs.stream().mapToLong(table -> table.info().entries()).sum();
    }

    /// Whether the debt has them: see [Picker#pressingBytes].
    private static boolean isPressing(Task.Merge merge) {
      return switch (merge.reason()) {
        case LEVEL_0, LEVEL_SIZE, TOMBSTONES -> true;
        case SNAPSHOT_RELEASED, CALM, RANGE -> false;
      };
    }

    double share() {
      return entries == 0 ? 1 : Math.min(1, (double) entriesDone / entries);
    }
  }

  /// A range that somebody wants compacted now.
  ///
  /// @param sequence what was written up to this sequence is to get to the last level
  /// @param fileNumber what is in files below this number is to be written anew
  private record Request(
      Keyspace keyspace, KeyRange range, long sequence, long fileNumber, CountDownLatch done) {}

  Compactor(
      Setup setup,
      Directory directory,
      Manifest manifest,
      Keyspaces keyspaces,
      Tables tables,
      CommitPipeline pipeline,
      OpenSnapshots snapshots,
      Failure failure,
      Runnable progressed) {
    this.progressed = progressed;
    this.setup = setup;
    this.options = setup.options();
    this.directory = directory;
    this.manifest = manifest;
    this.keyspaces = keyspaces;
    this.tables = tables;
    this.pipeline = pipeline;
    this.snapshots = snapshots;
    this.failure = failure;
  }

  /// Whether there is time to make the store small.
  void calm(boolean isCalm) {
    calm = isCalm;
  }

  /// Asks for all keys of a range to be brought to the last level; the latch opens when they are.
  CountDownLatch request(Keyspace keyspace, KeyRange range) {
    CountDownLatch done = new CountDownLatch(1);
    requests.add(
        new Request(
            keyspace,
            range,
            pipeline.visibleSequence(),
            manifest.version().nextFileNumber(),
            done));
    return done;
  }

  /// Does the most urgent thing that is due; false if nothing is.
  boolean compactOne(BooleanSupplier cancelled) throws IOException {
    running = true;
    tried = null;
    try {
      Work work = next();
      if (work == null) {
        return false;
      }
      tried = work.keyspace;
      run(work, cancelled);
      withoutSpace.clear();
      return true;
    } catch (NoSpaceException full) {
      if (tried != null) {
        withoutSpace.add(tried.id());
      }
      throw full;
    } catch (CorruptionException damage) {
      // To try again cannot help. The other keyspaces go on, and so do writes and reads.
      boolean _ = haltsAfter(damage);
      failure.report(damage);
      return true;
    } finally {
      running = false;
    }
  }

  /// Halts the keyspace in which a compaction has just failed, if what failed is reading what was
  /// there: the others can go on. Otherwise returns false.
  boolean haltsAfter(Throwable broken) {
    Keyspace keyspace = tried;
    if (keyspace == null || failure.isLatched() || !(broken instanceof DbException unreadable)) {
      return false;
    }
    halted.put(keyspace.id(), unreadable);
    return true;
  }

  /// Whether a compaction has met damage in the keyspace: until the store is opened again no other
  /// one begins there.
  boolean isHalted(Keyspace keyspace) {
    return halted.containsKey(keyspace.id());
  }

  /// @throws CorruptionException if a compaction has met damage in the keyspace
  /// @throws DbException if one could not read what is there
  void requireSound(Keyspace keyspace) {
    DbException damage = halted.get(keyspace.id());
    if (damage != null) {
      throw damage;
    }
  }

  /// Whether nothing is under way or due.
  boolean isSettled() {
    return !running && next() == null;
  }

  private record Work(
      Keyspace keyspace, Shape shape, CompactionOptions how, Task task, boolean isAskedFor) {}

  private @Nullable Work next() {
    Work next = nextAskedFor();
    for (Keyspace keyspace : keyspaces.all()) {
      Work due = next(keyspace);
      if (due != null && (next == null || comesBefore(due, next))) {
        next = due;
      }
    }
    return next;
  }

  private @Nullable Work nextAskedFor() {
    for (Request request; (request = requests.peek()) != null; requests.remove(request)) {
      Work work = request.keyspace.isDropped() ? null : next(request);
      if (work != null) {
        return work;
      }
      request.done.countDown();
    }
    return null;
  }

  private boolean comesBefore(Work a, Work b) {
    int byUrgency = Integer.compare(urgency(a), urgency(b));
    return byUrgency != 0 ? byUrgency < 0 : debtBytes(a) > debtBytes(b);
  }

  /// The less, the more urgent. First what takes no room, and gives some perhaps; last what found
  /// none. In between writers come first, and whoever waits for a compaction then.
  private int urgency(Work work) {
    if (!(work.task instanceof Task.Merge)) {
      return 0;
    }
    if (withoutSpace.contains(work.keyspace.id())) {
      return 4;
    }
    boolean isCrowded = work.shape.levels().getFirst().size() >= CROWDED * options.level0Tables();
    if (isCrowded && !work.isAskedFor) {
      return 1;
    }
    return work.isAskedFor ? 2 : 3;
  }

  private static long debtBytes(Work work) {
    return Picker.debtBytes(work.shape, work.how);
  }

  private @Nullable Work next(Keyspace keyspace) {
    Shape shape = shape(keyspace, calm);
    if (shape == null || isHalted(keyspace)) {
      return null;
    }
    CompactionOptions how = how(shape);
    Task task = Picker.pick(shape, how);
    return task.isNothing() ? null : new Work(keyspace, shape, how, task, false);
  }

  private @Nullable Work next(Request request) {
    Shape shape = shape(request.keyspace, calm);
    if (shape == null || isHalted(request.keyspace)) {
      return null;
    }
    CompactionOptions how = how(shape);
    Task task =
        Picker.range(
            shape,
            how,
            request.range.start(),
            request.range.limit(),
            request.sequence,
            request.fileNumber);
    return task.isNothing() ? null : new Work(request.keyspace, shape, how, task, true);
  }

  /// What the picker looks at. The tables come first and the snapshots then, so that nothing in the
  /// tables is newer than the newest of these.
  private @Nullable Shape shape(Keyspace keyspace, boolean isCalm) {
    Version.KeyspaceVersion version = manifest.version().keyspaces().get(keyspace.id());
    if (version == null) {
      return null;
    }
    View view = keyspace.view();
    List<RangeDelete> rangeDeletes = new ArrayList<>();
    long durable = pipeline.durableSequence();
    for (RangeDeletes deletes : view.rangeDeletes()) {
      for (RangeDelete delete : deletes.within(new byte[0], new byte[0])) {
        if (delete.sequence() <= durable) {
          rangeDeletes.add(delete);
        }
      }
    }
    return new Shape(
        version.levels().subList(0, levels(version, options)),
        snapshots.list(pipeline::durableSequence, pipeline::visibleSequence),
        rangeDeletes,
        isCalm);
  }

  /// How many levels there are: those of the options, and those that hold something from before.
  static int levels(Version.KeyspaceVersion version, Options options) {
    int levels = Version.LEVELS_MAX;
    while (levels > options.levels() && version.levels().get(levels - 1).isEmpty()) {
      levels--;
    }
    return levels;
  }

  private CompactionOptions how(Shape shape) {
    Set<Integer> compressed = new HashSet<>();
    int levels = shape.levels().size();
    for (int level = 0; level < levels; level++) {
      if (options.compression(level, levels) == Compression.LZ4) {
        compressed.add(level);
      }
    }
    return new CompactionOptions(
        levels,
        options.level0Tables(),
        options.baseLevelBytes(),
        options.levelRatio(),
        options.tableBytes(),
        GRANDPARENT_TABLES * options.tableBytes(),
        TOMBSTONE_SHARE,
        compressed);
  }

  private void run(Work work, BooleanSupplier cancelled) throws IOException {
    int id = work.keyspace.id();
    switch (work.task) {
      case Task.Nothing _ -> {}
      case Task.Move move -> {
        commit(
            work.keyspace,
            List.of(
                new Edit.TableRemoved(id, move.fromLevel(), move.table().number()),
                new Edit.TableAdded(id, move.toLevel(), move.table())));
        setup
            .listener()
            .on(new Event.TablesMoved(work.keyspace.name(), 1, move.fromLevel(), move.toLevel()));
      }
      case Task.Drop drop -> {
        List<Edit> edits = new ArrayList<>();
        for (Task.Placed placed : drop.tables()) {
          edits.add(new Edit.TableRemoved(id, placed.level(), placed.table().number()));
        }
        commit(work.keyspace, edits);
        int level = drop.tables().getFirst().level();
        setup
            .listener()
            .on(new Event.TablesMoved(work.keyspace.name(), drop.tables().size(), level, -1));
      }
      case Task.Merge merge -> merge(work, merge, cancelled);
    }
  }

  private void merge(Work work, Task.Merge merge, BooleanSupplier cancelled) throws IOException {
    View view = tables.pin(work.keyspace);
    if (view == null) {
      return;
    }
    try {
      merge(work, merge, inputs(merge, view), cancelled);
    } finally {
      view.unpin();
    }
  }

  private static List<Table> inputs(Task.Merge merge, View view) {
    Map<Long, Table> open = new HashMap<>();
    for (Table[] level : view.levels().tables()) {
      for (Table table : level) {
        open.put(table.info().number(), table);
      }
    }
    List<Table> inputs = new ArrayList<>();
    for (List<TableInfo> infos : List.of(merge.upper(), merge.lower())) {
      for (TableInfo info : infos) {
        inputs.add(Objects.requireNonNull(open.get(info.number()), "open as long as it is live"));
      }
    }
    return inputs;
  }

  private void merge(Work work, Task.Merge merge, List<Table> inputs, BooleanSupplier cancelled)
      throws IOException {
    long begun = setup.clock().nanos();
    Progress under = new Progress(work.keyspace, merge, inputs);
    progress = under;
    NewTables files =
        new NewTables(
            setup,
            directory,
            tables,
            manifest.storeId(),
            Tables.options(options, merge.toLevel(), work.shape.levels().size()),
            manifest::newFileNumber);
    try {
      Compaction.Result result =
          Compaction.merge(
              merge,
              work.shape,
              work.how,
              inputs,
              files,
              entriesRead -> isCancelled(work.keyspace, under, entriesRead, cancelled));
      List<Table> opened = files.open(result.tables());
      failure.latching(() -> directory.sync()); // a call site that EverySyncCountsTest sees
      List<Edit> edits = edits(work.keyspace.id(), merge, result.tables());
      if (tables.commit(manifest, work.keyspace, edits, opened, View::with)) {
        files.referred();
        tables.adapt(manifest, keyspaces);
        tell(work, merge, inputs, result, setup.clock().nanos() - begun);
      } else {
        files.discard(new IOException("the keyspace was dropped"), false);
      }
    } catch (CancellationException closing) {
      files.discard(closing, false);
    } catch (Throwable broken) {
      files.discard(broken, failure.isLatched());
      throw broken;
    } finally {
      progress = null;
    }
  }

  private boolean isCancelled(
      Keyspace keyspace, Progress merge, long entriesRead, BooleanSupplier cancelled) {
    merge.entriesDone = entriesRead;
    if (entriesRead >= merge.entriesTold + PROGRESS_ENTRIES) {
      merge.entriesTold = entriesRead;
      progressed.run();
    }
    return cancelled.getAsBoolean() || keyspace.isDropped();
  }

  private static long sizeBytes(List<Table> tables) {
    return tables.stream().mapToLong(table -> table.info().sizeBytes()).sum();
  }

  private static List<Edit> edits(int id, Task.Merge merge, List<TableInfo> written) {
    List<Edit> edits = new ArrayList<>();
    for (TableInfo table : merge.upper()) {
      edits.add(new Edit.TableRemoved(id, merge.fromLevel(), table.number()));
    }
    for (TableInfo table : merge.lower()) {
      edits.add(new Edit.TableRemoved(id, merge.toLevel(), table.number()));
    }
    for (TableInfo table : written) {
      edits.add(new Edit.TableAdded(id, merge.toLevel(), table));
    }
    return edits;
  }

  private void commit(Keyspace keyspace, List<Edit> edits) throws IOException {
    if (tables.commit(manifest, keyspace, edits, List.of(), View::with)) {
      tables.adapt(manifest, keyspaces);
    }
  }

  private void tell(
      Work work, Task.Merge merge, List<Table> inputs, Compaction.Result result, long nanos) {
    long read = sizeBytes(inputs);
    readBytes.add(read);
    writtenBytes.add(result.bytesWritten());
    setup
        .listener()
        .on(
            new Event.Compacted(
                work.keyspace.name(),
                merge.fromLevel(),
                merge.toLevel(),
                inputs.size(),
                result.tables().size(),
                read,
                result.bytesWritten(),
                merge.reason().toString(),
                nanos));
  }

  /// How far compaction is behind by the number of tables in level 0, which every read has to look
  /// into. Those that are being merged count less and less, and the active memtable more and more.
  /// Where no merge will come any more, to wait for one would help nobody.
  double level0Pressure() {
    double most = 0;
    for (Keyspace keyspace : keyspaces.all()) {
      if (isHalted(keyspace)) {
        continue;
      }
      View view = keyspace.view();
      Memtable active = view.active();
      double tables = view.levels().tables()[0].length;
      tables += view.memtables().length;
      if (active != null) {
        tables += active.usedBytes() / (1.0 * options.memtableBytes()) - 1;
      }
      Progress merged = progress;
      if (merged != null && merged.keyspace.equals(keyspace)) {
        tables -= merged.level0Tables * merged.share();
      }
      most = Math.max(most, tables);
    }
    return (most - options.level0Tables() - 1) / (LEVEL_0_RANGE * options.level0Tables());
  }

  /// How far compaction is behind by the bytes that are to be written. What would only make the
  /// store small can wait, so that no writer has to.
  double debtPressure() {
    double debt = 0;
    for (Keyspace keyspace : keyspaces.all()) {
      Shape shape = isHalted(keyspace) ? null : shape(keyspace, false);
      debt += shape == null ? 0 : Picker.pressingBytes(shape, how(shape));
    }
    Progress merged = progress;
    if (merged != null) {
      debt -= merged.bytes * merged.share();
    }
    double allowed = 2.0 * options.baseLevelBytes();
    return (debt - allowed) / (DEBT_RANGE * allowed);
  }

  /// An estimate of how many bytes are still to be written until nothing is due.
  long debtBytes(Keyspace keyspace) {
    Shape shape = shape(keyspace, calm);
    return shape == null ? 0 : Picker.debtBytes(shape, how(shape));
  }

  long readBytes() {
    return readBytes.sum();
  }

  long writtenBytes() {
    return writtenBytes.sum();
  }
}
