package org.tuffdb.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tuffdb.compact.ModelTable.Entry;
import org.tuffdb.compact.ModelTable.Range;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.table.TableInfo;

/// A store without files, which knows what each reader must see. How tables are merged is given: by
/// the model itself, or by what is tested.
final class ModelStore {
  /// Merges or flushes.
  interface Merging {
    /// Without a task, flushes.
    List<ModelTable> merge(
        ModelStore store, Task.@Nullable Merge task, Shape shape, List<ModelTable> inputs)
        throws IOException;
  }

  final CompactionOptions options;
  final TreeSet<Long> snapshots = new TreeSet<>();
  final List<List<ModelTable>> levels = new ArrayList<>();
  private final Merging merging;

  private final TreeMap<String, List<Entry>> history = new TreeMap<>();
  private final List<Range> rangeHistory = new ArrayList<>();
  private final List<Entry> memtable = new ArrayList<>();
  private final List<Range> memtableRanges = new ArrayList<>();

  long sequence;
  long nextNumber = 1;
  long bytesWritten;
  boolean calm;
  boolean checksOrder = true;

  ModelStore(CompactionOptions options, Merging merging) {
    this.options = options;
    this.merging = merging;
    for (int i = 0; i < options.levels(); i++) {
      levels.add(new ArrayList<>());
    }
  }

  void put(String key, String value) {
    write(new Entry(key, ++sequence, Kind.PUT, value));
  }

  void delete(String key) {
    write(new Entry(key, ++sequence, Kind.DELETE, ""));
  }

  private void write(Entry entry) {
    memtable.add(entry);
    history.computeIfAbsent(entry.key(), key -> new ArrayList<>()).addFirst(entry);
  }

  void deleteRange(String start, String limit) {
    Range range = new Range(start, limit, ++sequence);
    memtableRanges.add(range);
    rangeHistory.add(range);
  }

  int memtableEntries() {
    return memtable.size();
  }

  void flush() throws IOException {
    if (memtable.isEmpty() && memtableRanges.isEmpty()) {
      return;
    }
    memtable.sort(ModelTable.ORDER);
    ModelTable input = ModelTable.of(0, memtable, memtableRanges, 0, false);
    levels.getFirst().addAll(0, merging.merge(this, null, shape(), List.of(input)));
    memtable.clear();
    memtableRanges.clear();
  }

  Shape shape() {
    List<List<TableInfo>> infos = new ArrayList<>();
    List<RangeDelete> deletes = new ArrayList<>();
    for (List<ModelTable> level : levels) {
      infos.add(level.stream().map(ModelTable::info).toList());
      for (ModelTable table : level) {
        for (Range range : table.ranges()) {
          deletes.add(
              new RangeDelete(
                  ModelTable.bytes(range.start()),
                  ModelTable.bytes(range.limit()),
                  range.sequence()));
        }
      }
    }
    return new Shape(infos, snapshots(), deletes, calm);
  }

  private Snapshots snapshots() {
    return Snapshots.of(snapshots.stream().flatMapToLong(LongStream::of).toArray());
  }

  /// Does what is due until nothing is, and returns how many tasks that were.
  int settle(int tasksMax) throws IOException {
    for (int tasks = 0; ; tasks++) {
      Shape shape = shape();
      Task task = Picker.pick(shape, options);
      if (task.isNothing()) {
        return tasks;
      }
      assertThat(tasks)
          .as("tasks without an end, such as %s", Drawing.text(task))
          .isLessThan(tasksMax);
      run(task, shape);
    }
  }

  void run(Task task, Shape shape) throws IOException {
    switch (task) {
      case Task.Nothing() -> {}
      case Task.Move(TableInfo table, int from, int to, var reason) ->
          insert(to, List.of(take(from, table)));
      case Task.Drop(var tables) -> tables.forEach(placed -> take(placed.level(), placed.table()));
      case Task.Merge merge -> run(merge, shape);
    }
    if (checksOrder) {
      checkOrder();
    }
  }

  private void run(Task.Merge task, Shape shape) throws IOException {
    List<ModelTable> inputs = new ArrayList<>();
    task.upper().forEach(table -> inputs.add(take(task.fromLevel(), table)));
    task.lower().forEach(table -> inputs.add(take(task.toLevel(), table)));
    List<ModelTable> outputs = merging.merge(this, task, shape, inputs);
    outputs.forEach(table -> bytesWritten += table.info().sizeBytes());
    insert(task.toLevel(), outputs);
  }

  private ModelTable take(int level, TableInfo info) {
    ModelTable found =
        levels.get(level).stream().filter(t -> t.info().equals(info)).findFirst().orElseThrow();
    levels.get(level).remove(found);
    return found;
  }

  private void insert(int level, List<ModelTable> tables) {
    levels.get(level).addAll(tables);
    levels.get(level).sort(Comparator.comparing(t -> ModelTable.string(t.info().first())));
  }

  /// Below level 0 tables are disjoint, and of each key the newer entries lie above the older ones.
  private void checkOrder() {
    Map<String, Long> newestAllowed = new HashMap<>();
    for (int level = 0; level < levels.size(); level++) {
      List<ModelTable> tables = levels.get(level);
      for (int i = 1; level > 0 && i < tables.size(); i++) {
        TableInfo before = tables.get(i - 1).info();
        assertThat(before.overlaps(tables.get(i).info().first(), new byte[0]))
            .as("tables %s and %s of level %s overlap", before, tables.get(i).info(), level)
            .isFalse();
      }
      for (ModelTable table : tables) {
        Map<String, Long> oldest = new HashMap<>();
        for (Entry entry : table.entries()) {
          assertThat(entry.sequence())
              .as("%s in level %s", entry, level)
              .isLessThan(newestAllowed.getOrDefault(entry.key(), Long.MAX_VALUE));
          oldest.merge(entry.key(), entry.sequence(), Math::min);
        }
        for (Range range : table.ranges()) {
          for (String key : history.keySet()) {
            if (range.covers(key)) {
              assertThat(range.sequence())
                  .as("%s in level %s", range, level)
                  .isLessThan(newestAllowed.getOrDefault(key, Long.MAX_VALUE));
              oldest.merge(key, range.sequence(), Math::min);
            }
          }
        }
        newestAllowed.putAll(oldest);
      }
    }
  }

  /// Every reader sees what it should.
  void check(String as) {
    for (long reader : Stream.concat(snapshots.stream(), Stream.of(sequence)).toList()) {
      for (Map.Entry<String, List<Entry>> key : history.entrySet()) {
        Entry wanted = visible(key.getKey(), key.getValue(), rangeHistory, reader);
        assertThat(find(key.getKey(), reader))
            .as("%s read at %s %s", key.getKey(), reader, as)
            .isIn(wanted, wanted == null ? null : wanted.timeless());
      }
    }
  }

  private static @Nullable Entry visible(
      String key, List<Entry> newestFirst, List<Range> ranges, long reader) {
    for (Entry entry : newestFirst) {
      if (entry.sequence() <= reader && entry.key().equals(key)) {
        boolean deleted =
            entry.kind() == Kind.DELETE
                || ranges.stream()
                    .anyMatch(r ->
                        r.sequence() <= reader && r.sequence() > entry.sequence() && r.covers(key));
        return deleted ? null : entry;
      }
    }
    return null;
  }

  /// As a read does it: the first entry decides, newest place first.
  private @Nullable Entry find(String key, long reader) {
    List<Range> passed = new ArrayList<>(memtableRanges);
    List<Entry> newestFirst = new ArrayList<>(memtable);
    newestFirst.sort(ModelTable.ORDER);
    if (newestFirst.stream().anyMatch(e -> e.key().equals(key) && e.sequence() <= reader)) {
      return visible(key, newestFirst, passed, reader);
    }
    for (List<ModelTable> level : levels) {
      for (ModelTable table : level) {
        if (table.info().covers(ModelTable.bytes(key))) {
          passed.addAll(table.ranges());
          if (table.entries().stream()
              .anyMatch(e -> e.key().equals(key) && e.sequence() <= reader)) {
            return visible(key, table.entries(), passed, reader);
          }
        }
      }
    }
    return null;
  }

  long sizeBytes() {
    return levels.stream().flatMap(List::stream).mapToLong(t -> t.info().sizeBytes()).sum();
  }

  long liveBytes() {
    long bytes = 0;
    for (Map.Entry<String, List<Entry>> key : history.entrySet()) {
      Entry visible = visible(key.getKey(), key.getValue(), rangeHistory, sequence);
      bytes += visible == null ? 0 : visible.sizeBytes();
    }
    return bytes;
  }

  int tables() {
    return levels.stream().mapToInt(List::size).sum();
  }

  /// Merges as the model says, and cuts tables by the size of their entries.
  static List<ModelTable> mergeByModel(
      ModelStore store, Task.@Nullable Merge task, Shape shape, List<ModelTable> inputs) {
    ModelMerge merge = modelMerge(store, task, shape, inputs);
    List<Entry> entries = merge.neededEntries();
    List<Range> ranges = merge.neededRanges();
    List<ModelTable> tables = new ArrayList<>();
    String start = "";
    int from = 0;
    long sizeBytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      String key = entries.get(i).key();
      if (task != null
          && sizeBytes >= store.options.tableBytes()
          && !entries.get(i - 1).key().equals(key)) {
        store.cut(tables, entries.subList(from, i), within(ranges, start, key), task);
        start = key;
        from = i;
        sizeBytes = 0;
      }
      sizeBytes += entries.get(i).sizeBytes();
    }
    store.cut(tables, entries.subList(from, entries.size()), within(ranges, start, ""), task);
    return tables;
  }

  private void cut(
      List<ModelTable> tables, List<Entry> entries, List<Range> ranges, Task.@Nullable Merge task) {
    if (!entries.isEmpty() || !ranges.isEmpty()) {
      long sizeBytes = entries.stream().mapToLong(Entry::sizeBytes).sum() + 16L * ranges.size();
      boolean compressed = options.isCompressed(task == null ? 0 : task.toLevel());
      tables.add(ModelTable.of(nextNumber++, entries, ranges, sizeBytes, compressed));
    }
  }

  static ModelMerge modelMerge(
      ModelStore store, Task.@Nullable Merge task, Shape shape, List<ModelTable> inputs) {
    List<TableInfo> deeper =
        task == null
            ? List.of(new TableInfo(0, 0, new byte[0], new byte[0], 0, 0, 0, 0, 0, 0, false))
            : shape.levels().stream().skip(task.toLevel() + 1L).flatMap(List::stream).toList();
    ModelMerge merge = new ModelMerge(store.snapshots, deeper);
    inputs.forEach(table -> merge.add(table.entries(), table.ranges()));
    return merge;
  }

  private static List<Range> within(List<Range> ranges, String start, String limit) {
    List<Range> within = new ArrayList<>();
    for (Range range : ranges) {
      String from = range.start().compareTo(start) < 0 ? start : range.start();
      boolean endsHere =
          !limit.isEmpty() && (range.limit().isEmpty() || range.limit().compareTo(limit) > 0);
      String to = endsHere ? limit : range.limit();
      if (to.isEmpty() || from.compareTo(to) < 0) {
        within.add(new Range(from, to, range.sequence()));
      }
    }
    return within;
  }
}
