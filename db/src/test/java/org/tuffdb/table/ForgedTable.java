package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.WriteFile;

/// A table put together by hand. Its checksums are right, its content is what a test wants.
final class ForgedTable {
  /// Places of the properties.
  static final int ENTRIES = 0;

  static final int DELETES = 1;
  static final int KEYS = 2;
  static final int RANGE_DELETES = 5;
  static final int OLDEST = 6;
  static final int NEWEST = 7;
  static final int BLOCKS = 8;
  static final int STORED_BYTES = 10;
  static final int FILTER_BYTES = 11;
  static final int FENCE_BYTES = 13;

  private static final int PROPERTIES = 16;

  /// An entry without a value.
  record Entry(String key, long sequence, byte kind) {}

  static Entry put(String key, long sequence) {
    return new Entry(key, sequence, Kind.PUT);
  }

  static Entry delete(String key, long sequence) {
    return new Entry(key, sequence, Kind.DELETE);
  }

  static RangeDelete range(String start, String limit, long sequence) {
    return new RangeDelete(start.getBytes(UTF_8), limit.getBytes(UTF_8), sequence);
  }

  final List<RangeDelete> rangeDeletes = new ArrayList<>();

  /// What the properties say instead of the truth.
  final Map<Integer, Long> lies = new HashMap<>();

  /// Sections that are not what they would be.
  final Map<Integer, byte[]> sections = new HashMap<>();

  /// Keys that the filter does not know.
  final Set<String> unknown = new HashSet<>();

  /// How many zeros stand behind the blocks beyond those that round up.
  int gapBytes;

  private final TableFormat format = new TableFormat(TableModel.HEADER);
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final Fences.Builder fences = new Fences.Builder();
  private final List<Entry> entries = new ArrayList<>();
  private final List<Integer> blocksAt = new ArrayList<>();
  private final int filterBits;
  private TableFormat.Handle[] handles = {};

  ForgedTable(int filterBits) {
    this.filterBits = filterBits;
    byte[] header = new byte[FileHeader.BYTES];
    TableModel.HEADER.write(header);
    file.writeBytes(header);
  }

  /// Two blocks, three keys from `b` to `e`, and a range delete.
  static ForgedTable sound() {
    ForgedTable table =
        new ForgedTable(10).block("", put("b", 5), put("c", 7)).block("d", delete("e", 9));
    table.rangeDeletes.add(range("b", "d", 1));
    return table;
  }

  /// Adds a block, with `fence` between its keys and those before.
  ForgedTable block(String fence, Entry... of) {
    entries.addAll(List.of(of));
    byte[] image = image(of);
    return stored(fence, image, image.length, false);
  }

  /// The block of some entries, as it is before it is compressed.
  static byte[] image(Entry... of) {
    BlockBuilder builder = new BlockBuilder(256);
    for (Entry entry : of) {
      byte[] key = entry.key.getBytes(UTF_8);
      builder.add(key, key.length, MemorySegment.NULL, 0, 0, entry.sequence, entry.kind);
    }
    byte[] image = new byte[(int) builder.size() + TableFormat.TRAILER_BYTES];
    int length = builder.write(image);
    return Arrays.copyOf(image, length);
  }

  /// Adds any bytes as a block whose trailer says that it has `declared` bytes.
  ForgedTable stored(String fence, byte[] bytes, int declared, boolean compressed) {
    byte[] key = fence.getBytes(UTF_8);
    int offset = file.size();
    blocksAt.add(offset);
    fences.add(key, key.length, offset, compressed);
    byte[] stored = Arrays.copyOf(bytes, bytes.length + TableFormat.TRAILER_BYTES);
    LittleEndian.putInt(stored, bytes.length, declared);
    int sum = format.tied(stored, bytes.length + Integer.BYTES, offset);
    LittleEndian.putInt(stored, bytes.length + Integer.BYTES, sum);
    file.writeBytes(stored);
    return this;
  }

  /// The content of the file. Nothing is added any more.
  byte[] build() {
    int blocksEnd = file.size();
    byte[] filter = sections.getOrDefault(TableFormat.FILTER, filter());
    byte[] fence = sections.getOrDefault(TableFormat.FENCES, fences.build(blocksEnd));
    file.writeBytes(new byte[gapBytes]);
    handles =
        new TableFormat.Handle[] {
          section(filter),
          section(fence),
          section(
              sections.getOrDefault(TableFormat.RANGES, TableFormat.rangeDeletes(rangeDeletes))),
          section(
              sections.getOrDefault(
                  TableFormat.PROPERTIES, properties(blocksEnd, filter.length, fence.length)))
        };
    align();
    file.writeBytes(format.footer(handles, file.size()));
    return file.toByteArray();
  }

  private byte[] filter() {
    Filter.Builder filter = new Filter.Builder(filterBits, WriteMemory.take());
    for (Entry entry : entries) {
      byte[] key = (unknown.contains(entry.key) ? "" : entry.key).getBytes(UTF_8);
      filter.add(Hash.of(key));
    }
    return filter.build();
  }

  private TableFormat.Handle section(byte[] bytes) {
    align();
    int offset = file.size();
    file.writeBytes(bytes);
    return new TableFormat.Handle(offset, bytes.length, format.tied(bytes, bytes.length, offset));
  }

  private void align() {
    file.writeBytes(new byte[(int) TableFormat.aligned(file.size()) - file.size()]);
  }

  private byte[] properties(int blocksEnd, int filterBytes, int fenceBytes) {
    long[] numbers = new long[PROPERTIES];
    numbers[ENTRIES] = entries.size();
    numbers[DELETES] = entries.stream().filter(entry -> entry.kind == Kind.DELETE).count();
    numbers[KEYS] = entries.stream().map(Entry::key).distinct().count();
    numbers[RANGE_DELETES] = rangeDeletes.size();
    numbers[OLDEST] = 1;
    numbers[NEWEST] = 9;
    numbers[BLOCKS] = blocksAt.size();
    numbers[STORED_BYTES] = (long) blocksEnd - TableFormat.BLOCKS_AT;
    numbers[FILTER_BYTES] = filterBytes;
    numbers[12] = Filter.probes(filterBits);
    numbers[FENCE_BYTES] = fenceBytes;
    lies.forEach((place, lie) -> numbers[place] = lie);
    byte[] bytes = new byte[PROPERTIES * Long.BYTES];
    for (int i = 0; i < PROPERTIES; i++) {
      LittleEndian.putLong(bytes, i * Long.BYTES, numbers[i]);
    }
    return bytes;
  }

  int blockAt(int block) {
    return blocksAt.get(block);
  }

  TableFormat.Handle handle(int section) {
    return handles[section];
  }

  /// What a manifest says that agrees with the properties.
  static TableInfo info(byte[] content, TableProperties p, String first, String limit) {
    return new TableInfo(
        TableModel.HEADER.number(),
        content.length,
        first.getBytes(UTF_8),
        limit.getBytes(UTF_8),
        p.oldestSequence(),
        p.newestSequence(),
        p.entries(),
        p.keys(),
        p.deletes(),
        p.rangeDeletes(),
        false);
  }

  static TableInfo info(FileSystem files, byte[] content, String first, String limit)
      throws IOException {
    try (TableFile file = TableFile.open(files, TableModel.PATH, TableModel.HEADER.number())) {
      return info(content, file.properties(), first, limit);
    }
  }

  static void write(FileSystem files, byte[] content) throws IOException {
    try (WriteFile file = files.create(TableModel.PATH)) {
      file.write(0, content, 0, content.length);
    }
  }
}
