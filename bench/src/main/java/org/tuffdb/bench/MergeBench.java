package org.tuffdb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.compact.Compaction;
import org.tuffdb.compact.CompactionOptions;
import org.tuffdb.compact.Shape;
import org.tuffdb.compact.Snapshots;
import org.tuffdb.compact.Task;
import org.tuffdb.entry.Kind;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.table.Access;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.BlockCompression;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableOptions;
import org.tuffdb.table.TableWriter;

/// Merges four uncompressed tables into tables of 64 MiB on the disk, on one thread, and prints
/// megabytes of keys and values per second: by the clock, and by the thread's processor time, which
/// leaves waiting for the disk out. `bench/merge` runs it.
public final class MergeBench {
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;
  private static final int ENTRY_BYTES = KEY_BYTES + VALUE_BYTES;
  private static final int TABLES = 4;
  private static final int LEVELS = 7;
  private static final TableOptions TABLE_OPTIONS =
      new TableOptions(4096, 10, BlockCompression.NONE);
  private static final CompactionOptions OPTIONS =
      new CompactionOptions(LEVELS, 4, 256 << 20, 10, 64 << 20, 640 << 20, 4, Set.of());

  private final Path directory;
  private final int count;
  private final int rounds;
  private final FileSystem files = FileSystem.disk();
  private final BlockCache cache = new BlockCache(8 << 20, 4096);
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private long nextNumber = 1;

  private MergeBench(Path directory, int count, int rounds) {
    this.directory = directory;
    this.count = count;
    this.rounds = rounds;
  }

  public static void main(String[] args) throws IOException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 4_000_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path parent = Path.of(args.length > 2 ? args[2] : System.getProperty("java.io.tmpdir"));
    Path directory = Files.createTempDirectory(parent, "merge");
    MergeBench bench = new MergeBench(directory, count, rounds);
    try {
      System.out.printf("%-44s %10s %10s%n", "MB/s, best of " + rounds, "clock", "processor");
      bench.run("random keys, one table after another leads", false, false, Access.MAPPED);
      bench.run("the same, read into buffers", false, false, Access.CACHED);
      bench.run("a table leads 1,000 times in a row", true, false, Access.MAPPED);
      bench.run("each key in all four tables", false, true, Access.MAPPED);
    } finally {
      bench.deleteFiles();
      Files.delete(directory);
    }
  }

  private void run(String name, boolean inRuns, boolean overwritten, Access reading)
      throws IOException {
    List<Table> tables = new ArrayList<>();
    for (TableInfo info : write(inRuns, overwritten)) {
      Path path = FileNames.table(directory, info.number());
      tables.add(Table.open(files, path, info, 1, reading, cache));
    }
    double clock = 0;
    double processor = 0;
    for (int round = 0; round < rounds; round++) {
      long clockBegin = System.nanoTime();
      long processorBegin = threads.getCurrentThreadCpuTime();
      Compaction.Result result = merge(tables);
      double bytes = (double) result.entriesRead() * ENTRY_BYTES;
      clock = Math.max(clock, bytes / (System.nanoTime() - clockBegin));
      processor = Math.max(processor, bytes / (threads.getCurrentThreadCpuTime() - processorBegin));
      for (TableInfo info : result.tables()) {
        Files.delete(FileNames.table(directory, info.number()));
      }
    }
    System.out.printf(Locale.ROOT, "%-44s %10.0f %10.0f%n", name, clock * 1000, processor * 1000);
    for (Table table : tables) {
      table.close();
    }
    deleteFiles();
  }

  private Compaction.Result merge(List<Table> tables) throws IOException {
    List<TableInfo> infos = tables.stream().map(Table::info).toList();
    List<List<TableInfo>> levels = new ArrayList<>();
    levels.add(infos);
    for (int level = 1; level < LEVELS; level++) {
      levels.add(List.of());
    }
    Shape shape = new Shape(levels, Snapshots.NONE, List.of(), false);
    Task.Merge task = new Task.Merge(0, LEVELS - 1, infos, List.of(), Task.Reason.LEVEL_0);
    return Compaction.merge(task, shape, OPTIONS, tables, this::begin, _ -> false);
  }

  private TableWriter begin() {
    long number = nextNumber++;
    try {
      return TableWriter.create(
          files,
          FileNames.table(directory, number),
          new FileHeader(FileHeader.Kind.TABLE, number, 1, 0),
          TABLE_OPTIONS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The tables, newest first.
  private List<TableInfo> write(boolean inRuns, boolean overwritten) throws IOException {
    byte[][] keys = new byte[overwritten ? count / TABLES : count][KEY_BYTES];
    Random random = new Random(1);
    for (byte[] key : keys) {
      random.nextBytes(key);
    }
    Arrays.sort(keys, Arrays::compareUnsigned);
    byte[] entry = new byte[ENTRY_BYTES];
    random.nextBytes(entry);
    MemorySegment segment = MemorySegment.ofArray(entry);
    List<TableWriter> writers = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      writers.add(begin());
    }
    for (int i = 0; i < keys.length; i++) {
      System.arraycopy(keys[i], 0, entry, 0, KEY_BYTES);
      int only = inRuns ? i / 1000 % TABLES : random.nextInt(TABLES);
      for (int t = 0; t < TABLES; t++) {
        if (overwritten || t == only) {
          long sequence = 1 + (long) (TABLES - t) * count + i;
          writers.get(t).add(segment, 0, KEY_BYTES, KEY_BYTES, VALUE_BYTES, sequence, Kind.PUT);
        }
      }
    }
    List<TableInfo> infos = new ArrayList<>();
    for (TableWriter writer : writers) {
      infos.add(writer.finish());
      writer.close();
    }
    return infos;
  }

  private void deleteFiles() throws IOException {
    for (String name : files.list(directory)) {
      Files.delete(directory.resolve(name));
    }
  }
}
