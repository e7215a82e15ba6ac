package org.tuffdb.table;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.Keys;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.FileSystem;

/// Writes a table from entries that come in their internal order. One thread uses it.
///
/// Memory: a block, a megabyte of output, and for each key eight bytes until the filter is made.
public final class TableWriter implements Closeable {
  private static final int COMPRESSED_BYTES_MAX = 16 << 20;

  private final FileHeader header;
  private final TableOptions options;
  private final TableFormat format;
  private final WriteMemory memory;
  private final TableOutput output;
  private final BlockBuilder block;
  private final Fences.Builder fences = new Fences.Builder();
  private final Filter.Builder filter;
  private final Checksum checksum = new Checksum();
  private final @Nullable LZ4Compressor compressor;
  private final List<RangeDelete> rangeDeletes = new ArrayList<>();

  private byte[] image = new byte[0];
  private byte[] packed = new byte[0];

  /// The last entry's key and sequence, and the first key of the block that is gathered.
  private byte[] lastKey = new byte[64];

  private int lastKeyLength;
  private long lastSequence;
  private byte[] firstKey = new byte[0];
  private byte[] fence = new byte[64];
  private int fenceLength;

  private long entries;
  private long deletes;
  private long keys;
  private long keyBytes;
  private long valueBytes;
  private long rawBytes;
  private long oldestSequence = Long.MAX_VALUE;
  private long newestSequence;
  private boolean finished;
  private boolean closed;

  private TableWriter(
      FileHeader header, TableOptions options, WriteMemory memory, TableOutput output) {
    this.header = header;
    this.options = options;
    this.memory = memory;
    this.output = output;
    format = new TableFormat(header);
    block = new BlockBuilder(options.blockBytes());
    filter = new Filter.Builder(options.filterBitsPerKey(), memory);
    compressor =
        options.compression() == BlockCompression.LZ4
            ? LZ4Factory.safeInstance().fastCompressor()
            : null;
  }

  /// Creates the file at `path`, which must not exist.
  public static TableWriter create(
      FileSystem files, Path path, FileHeader header, TableOptions options) throws IOException {
    WriteMemory memory = WriteMemory.take();
    TableOutput output = new TableOutput(files.create(path), memory);
    try {
      byte[] bytes = new byte[FileHeader.BYTES];
      header.write(bytes);
      output.write(bytes, bytes.length);
      return new TableWriter(header, options, memory, output);
    } catch (Throwable failure) {
      output.close();
      throw failure;
    }
  }

  /// Adds the entry that `at` stands on, with this sequence for its own.
  public void add(EntryCursor at, long sequence) throws IOException {
    add(
        at.segment(),
        at.keyOffset(),
        at.keyLength(),
        at.valueOffset(),
        at.valueLength(),
        sequence,
        at.kind());
  }

  /// Adds an entry, which must come after the one before in internal order.
  public void add(
      MemorySegment segment,
      long keyOffset,
      int keyLength,
      long valueOffset,
      int valueLength,
      long sequence,
      byte kind)
      throws IOException {
    requireLimits(keyLength, valueLength, sequence, kind);
    boolean newKey = requireOrder(segment, keyOffset, keyLength, sequence);
    if (!block.isEmpty()
        && block.sizeWith(keyLength, valueLength, sequence, kind) + TableFormat.TRAILER_BYTES
            > options.blockBytes()) {
      writeBlock();
    }
    if (block.isEmpty()) {
      begin(segment, keyOffset, keyLength, newKey);
    }
    if (newKey) {
      remember(segment, keyOffset, keyLength);
    }
    lastSequence = sequence;
    block.add(lastKey, keyLength, segment, valueOffset, valueLength, sequence, kind);
    count(keyLength, valueLength, sequence, kind);
  }

  private static void requireLimits(int keyLength, int valueLength, long sequence, byte kind) {
    if (keyLength < 1
        || keyLength > BatchFormat.KEY_BYTES_MAX
        || valueLength < 0
        || valueLength > BatchFormat.VALUE_BYTES_MAX
        || sequence < 0
        || !Block.isKind(kind)) {
      throw new IllegalArgumentException(
          "a table holds no entry with a key of %d bytes, a value of %d, sequence %d and kind %d"
              .formatted(keyLength, valueLength, sequence, kind));
    }
  }

  /// Whether the key is another one than that of the entry before.
  private boolean requireOrder(
      MemorySegment segment, long keyOffset, int keyLength, long sequence) {
    if (entries == 0) {
      return true;
    }
    int order = Keys.compare(lastKey, 0, lastKeyLength, segment, keyOffset, keyLength);
    if (finished) {
      throw new IllegalStateException("the table is finished");
    }
    if (order > 0 || (order == 0 && lastSequence <= sequence)) {
      throw new OutOfOrderException();
    }
    return order < 0;
  }

  /// Begins a block with a key: what lies between it and the last one is the fence.
  private void begin(MemorySegment segment, long keyOffset, int keyLength, boolean newKey) {
    if (entries == 0) {
      fenceLength = 0;
      firstKey = segment.asSlice(keyOffset, keyLength).toArray(ValueLayout.JAVA_BYTE);
      return;
    }
    int common = Keys.commonPrefix(lastKey, 0, lastKeyLength, segment, keyOffset, keyLength);
    fenceLength = common + 1;
    if (fence.length < fenceLength) {
      fence = new byte[2 * fenceLength];
    }
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, keyOffset, fence, 0, common);
    fence[common] = newKey ? segment.get(ValueLayout.JAVA_BYTE, keyOffset + common) : 0;
  }

  private void remember(MemorySegment segment, long keyOffset, int keyLength) {
    if (lastKey.length < keyLength) {
      lastKey = new byte[2 * keyLength];
    }
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, keyOffset, lastKey, 0, keyLength);
    lastKeyLength = keyLength;
    keys++;
    if (options.filterBitsPerKey() > 0) {
      filter.add(Hash.of(lastKey, 0, keyLength));
    }
  }

  private void count(int keyLength, int valueLength, long sequence, byte kind) {
    entries++;
    deletes += kind == Kind.DELETE ? 1 : 0;
    keyBytes += keyLength;
    valueBytes += valueLength;
    oldestSequence = Math.min(oldestSequence, sequence);
    newestSequence = Math.max(newestSequence, sequence);
  }

  private void writeBlock() throws IOException {
    long size = block.size();
    image = atLeast(image, size + TableFormat.TRAILER_BYTES);
    int raw = block.write(image);
    int packedLength = compress(raw);
    boolean compressed = packedLength > 0;
    byte[] stored = compressed ? packed : image;
    int length = compressed ? packedLength : raw;
    long offset = output.position();
    LittleEndian.putInt(stored, length, compressed ? raw | TableFormat.COMPRESSED : raw);
    int sum = checksum.of(stored, 0, length + 4);
    LittleEndian.putInt(stored, length + 4, format.tied(sum, offset));
    output.write(stored, length + TableFormat.TRAILER_BYTES);
    fences.add(fence, fenceLength, offset, compressed);
    rawBytes += raw;
    block.clear();
  }

  private static byte[] atLeast(byte[] bytes, long length) {
    return bytes.length >= length ? bytes : new byte[Math.toIntExact(length)];
  }

  /// Compresses the block into `packed` and returns the length; 0 if that is not worth it.
  private int compress(int raw) {
    if (compressor == null || raw > COMPRESSED_BYTES_MAX) {
      return 0;
    }
    packed =
        atLeast(packed, (long) compressor.maxCompressedLength(raw) + TableFormat.TRAILER_BYTES);
    int length = compressor.compress(image, 0, raw, packed, 0);
    return length <= raw - raw / 8 ? length : 0;
  }

  /// Adds range deletes; they need no order.
  public void addRangeDeletes(List<RangeDelete> deletes) {
    for (RangeDelete delete : deletes) {
      if (delete.sequence() < 0 || !Keys.isBelow(delete.start(), delete.limit())) {
        throw new IllegalArgumentException("the range delete covers nothing");
      }
      rangeDeletes.add(delete);
      oldestSequence = Math.min(oldestSequence, delete.sequence());
      newestSequence = Math.max(newestSequence, delete.sequence());
    }
  }

  /// About how large the file would be if it were finished now.
  public long sizeBytes() {
    return output.position()
        + (block.isEmpty() ? 0 : block.size())
        + filter.sizeBytes()
        + fences.sizeBytes()
        + TableFormat.FOOTER_BYTES;
  }

  /// How many entries were added.
  public long entries() {
    return entries;
  }

  /// Writes what is missing and syncs the file. The file's directory is the caller's to sync.
  public TableInfo finish() throws IOException {
    if (finished || (entries == 0 && rangeDeletes.isEmpty())) {
      throw new IllegalStateException(finished ? "the table is finished" : "the table is empty");
    }
    if (!block.isEmpty()) {
      writeBlock();
    }
    finished = true;
    long blocksEnd = output.position();
    byte[] filterBytes = filter.build();
    byte[] fenceBytes = fences.build(blocksEnd);
    TableFormat.Handle[] handles = new TableFormat.Handle[TableFormat.SECTIONS];
    handles[TableFormat.FILTER] = writeSection(filterBytes);
    handles[TableFormat.FENCES] = writeSection(fenceBytes);
    handles[TableFormat.RANGES] = writeSection(TableFormat.rangeDeletes(rangeDeletes));
    handles[TableFormat.PROPERTIES] =
        writeSection(
            TableFormat.properties(properties(filterBytes.length, fenceBytes.length, blocksEnd)));
    align();
    byte[] footer = format.footer(handles, output.position());
    output.write(footer, footer.length);
    output.sync();
    TableInfo info = info(output.position());
    output.close();
    return info;
  }

  private TableFormat.Handle writeSection(byte[] section) throws IOException {
    align();
    long offset = output.position();
    output.write(section, section.length);
    return new TableFormat.Handle(
        offset, section.length, format.tied(section, section.length, offset));
  }

  private void align() throws IOException {
    int missing = (int) (TableFormat.aligned(output.position()) - output.position());
    output.write(new byte[missing], missing);
  }

  private TableProperties properties(int filterBytes, int fenceBytes, long blocksEnd) {
    return new TableProperties(
        entries,
        deletes,
        keys,
        keyBytes,
        valueBytes,
        rangeDeletes.size(),
        oldestSequence,
        newestSequence,
        fences.blocks(),
        rawBytes,
        blocksEnd - TableFormat.BLOCKS_AT,
        filterBytes,
        filterBytes == 0 ? 0 : Filter.probes(options.filterBitsPerKey()),
        fenceBytes,
        options.blockBytes(),
        options.compression());
  }

  private TableInfo info(long sizeBytes) {
    byte[] first = null;
    byte[] limit = null;
    if (entries > 0) {
      first = firstKey;
      limit = Keys.successor(Arrays.copyOf(lastKey, lastKeyLength));
    }
    for (RangeDelete delete : rangeDeletes) {
      boolean begins = first == null || Arrays.compareUnsigned(delete.start(), first) < 0;
      first = begins ? delete.start() : first;
      limit = limit == null ? delete.limit() : Keys.higherLimit(limit, delete.limit());
    }
    if (first == null || limit == null) {
      throw new AssertionError("an empty table has no bounds");
    }
    return new TableInfo(
        header.number(),
        sizeBytes,
        first,
        limit,
        oldestSequence,
        newestSequence,
        entries,
        keys,
        deletes,
        rangeDeletes.size(),
        options.compression() != BlockCompression.NONE);
  }

  /// Closes the file. If the table was not finished, the caller deletes it.
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      memory.release();
    }
    output.close();
  }
}
