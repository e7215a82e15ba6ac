package org.tuffdb.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.compact.ModelTable.Entry;
import org.tuffdb.compact.ModelTable.Range;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.table.Access;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.BlockCompression;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableOptions;
import org.tuffdb.table.TableWriter;

/// Merges and flushes real tables, as [Compaction] does it, and compares what comes out with what
/// the model says.
final class Tables implements ModelStore.Merging {
  private static final Path DIRECTORY = Path.of("/");
  private static final long STORE_ID = 7;
  private static final int BLOCK_BYTES = 64;

  private final FileSystem files;
  private final BlockCache cache = new BlockCache(1 << 16, BLOCK_BYTES);
  private final Map<Long, Table> open = new HashMap<>();
  long entriesDropped;
  long tablesCut;

  Tables(FileSystem files) {
    this.files = files;
  }

  static Entry entry(EntryCursor at) {
    return new Entry(
        string(at.segment(), at.keyOffset(), at.keyLength()),
        at.sequence(),
        at.kind(),
        string(at.segment(), at.valueOffset(), at.valueLength()));
  }

  private static String string(MemorySegment segment, long offset, int length) {
    byte[] bytes = segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public List<ModelTable> merge(
      ModelStore store, Task.@Nullable Merge task, Shape shape, List<ModelTable> inputs)
      throws IOException {
    Compaction.Result result =
        task == null ? flush(store, shape, inputs.getFirst()) : run(store, task, shape, inputs);
    List<ModelTable> outputs = new ArrayList<>();
    for (TableInfo info : result.tables()) {
      outputs.add(read(info));
    }
    check(ModelStore.modelMerge(store, task, shape, inputs), outputs);
    if (task != null) {
      checkBounds(store.options, task, shape, outputs);
    }
    long entries = inputs.stream().mapToLong(table -> table.entries().size()).sum();
    assertThat(result.entriesRead()).isEqualTo(entries);
    assertThat(result.entriesWritten())
        .isEqualTo(outputs.stream().mapToLong(table -> table.entries().size()).sum());
    entriesDropped += result.entriesRead() - result.entriesWritten();
    tablesCut += Math.max(0, outputs.size() - 1);
    return outputs;
  }

  private Compaction.Result flush(ModelStore store, Shape shape, ModelTable memtable)
      throws IOException {
    List<RangeDelete> ranges =
        memtable.ranges().stream()
            .map(r -> new RangeDelete(bytes(r.start()), bytes(r.limit()), r.sequence()))
            .toList();
    ListCursor cursor = new ListCursor(memtable.entries());
    Compaction.Result result =
        Compaction.flush(
            cursor, RangeDeletes.of(ranges), shape.snapshots(), () -> begin(store, 0), _ -> false);
    assertThat(cursor.closed).isTrue();
    return result;
  }

  private static byte[] bytes(String key) {
    return ModelTable.bytes(key);
  }

  private Compaction.Result run(
      ModelStore store, Task.Merge task, Shape shape, List<ModelTable> inputs) throws IOException {
    List<Table> tables = inputs.stream().map(input -> table(input.info())).toList();
    return Compaction.merge(
        task, shape, store.options, tables, () -> begin(store, task.toLevel()), _ -> false);
  }

  TableWriter begin(ModelStore store, int level) throws IOException {
    long number = store.nextNumber++;
    return TableWriter.create(
        files,
        FileNames.table(DIRECTORY, number),
        new FileHeader(FileHeader.Kind.TABLE, number, STORE_ID, 0),
        new TableOptions(
            BLOCK_BYTES,
            10,
            store.options.isCompressed(level) ? BlockCompression.LZ4 : BlockCompression.NONE));
  }

  Table table(TableInfo info) {
    Table table = open.get(info.number());
    if (table == null) {
      throw new IllegalArgumentException("no " + info);
    }
    return table;
  }

  private ModelTable read(TableInfo info) throws IOException {
    Path path = FileNames.table(DIRECTORY, info.number());
    Table table = Table.open(files, path, info, STORE_ID, Access.CACHED, cache);
    open.put(info.number(), table);
    List<Entry> entries = new ArrayList<>();
    try (EntryCursor cursor = table.cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        entries.add(entry(cursor));
      }
    }
    List<Range> ranges = new ArrayList<>();
    for (RangeDelete delete : table.rangeDeletes().all()) {
      ranges.add(
          new Range(
              ModelTable.string(delete.start()),
              ModelTable.string(delete.limit()),
              delete.sequence()));
    }
    ModelTable expected =
        ModelTable.of(info.number(), entries, ranges, info.sizeBytes(), info.isCompressed());
    assertThat(info.first()).isEqualTo(expected.info().first());
    assertThat(info.limit()).isEqualTo(expected.info().limit());
    return new ModelTable(info, entries, ranges);
  }

  private static void check(ModelMerge wanted, List<ModelTable> outputs) {
    assertThat(outputs.stream().flatMap(table -> table.entries().stream()).toList())
        .isEqualTo(wanted.neededEntries());
    List<Range> ranges = outputs.stream().flatMap(table -> table.ranges().stream()).toList();
    NavigableMap<String, NavigableSet<Long>> pieces = ModelMerge.pieces(ranges);
    NavigableMap<String, NavigableSet<Long>> neededPieces =
        ModelMerge.pieces(wanted.neededRanges());
    for (String start : pieces.keySet()) {
      assertThat(at(start, pieces))
          .as("range deletes at %s", start)
          .isEqualTo(at(start, neededPieces));
    }
    for (String start : neededPieces.keySet()) {
      assertThat(at(start, pieces))
          .as("range deletes at %s", start)
          .isEqualTo(at(start, neededPieces));
    }
  }

  private static Object at(String key, NavigableMap<String, NavigableSet<Long>> pieces) {
    Map.Entry<String, NavigableSet<Long>> piece = pieces.floorEntry(key);
    return piece == null ? List.of() : List.copyOf(piece.getValue());
  }

  private static void checkBounds(
      CompactionOptions options, Task.Merge task, Shape shape, List<ModelTable> outputs) {
    for (ModelTable table : outputs) {
      String lastKey = table.entries().isEmpty() ? "" : table.entries().getLast().key();
      long bytesBeforeLastKey =
          table.entries().stream()
              .filter(entry -> !entry.key().equals(lastKey))
              .mapToLong(entry -> entry.key().length() + (long) entry.value().length())
              .sum();
      if (!table.info().isCompressed()) {
        assertThat(bytesBeforeLastKey).isLessThan(options.tableBytes());
      }
      if (task.toLevel() < shape.lastLevel()) {
        List<TableInfo> grandparents =
            shape.overlapping(task.toLevel() + 1, table.info().first(), table.info().limit());
        assertThat(
                grandparents.size() <= 1
                    || Shape.sizeBytes(grandparents) <= options.grandparentBytes())
            .as("%s overlaps %s", table.info(), grandparents)
            .isTrue();
      }
    }
    if (task.toLevel() == shape.lastLevel()) {
      outputs.stream()
          .sorted(Comparator.comparing(table -> ModelTable.string(table.info().first())))
          .limit(Math.max(0, outputs.size() - 1))
          .forEach(table ->
              assertThat(table.info().sizeBytes())
                  .isGreaterThanOrEqualTo(options.tableBytes() / 2));
    }
  }

  void close() throws IOException {
    for (Table table : open.values()) {
      table.close();
    }
  }
}
