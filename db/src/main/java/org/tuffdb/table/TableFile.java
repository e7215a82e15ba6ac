package org.tuffdb.table;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;

/// A table file looked at by itself, without a manifest that knows it and without a store that has
/// it open: for whoever lists what is in it, or checks it. One thread uses it.
///
/// Each part is read when it is asked for, so that damage of one does not hide the others. Every
/// method throws a [CorruptionException] if what it reads is damaged.
public final class TableFile implements Closeable {
  private final Path path;
  private final ReadFile file;
  private final FileHeader header;
  private final TableFormat format;
  private final TableFormat.Handle[] handles;
  private final long footerAt;
  private final BlockReader.Scratch scratch = new BlockReader.Scratch();
  private @Nullable TableProperties properties;
  private @Nullable BlockReader reader;
  private @Nullable Fences fences;

  /// Holds the current block.
  private Arena arena = Arena.ofShared();

  private MemorySegment memory = MemorySegment.NULL;

  /// Opens the file of table `number`, of which it reads the header and the footer.
  public static TableFile open(FileSystem files, Path path, long number) throws IOException {
    ReadFile file = files.openForRead(path);
    try {
      return new TableFile(path, file, number);
    } catch (Throwable failure) {
      file.close();
      throw failure;
    }
  }

  private TableFile(Path path, ReadFile file, long number) throws IOException {
    this.path = path;
    this.file = file;
    this.footerAt = file.sizeBytes() - TableFormat.FOOTER_BYTES;
    byte[] head = bytes(0, FileHeader.BYTES);
    this.header = FileHeader.read(path, head, head.length, FileHeader.Kind.TABLE, number);
    this.format = new TableFormat(header);
    if (footerAt < TableFormat.BLOCKS_AT) {
      throw new CorruptionException(path, -1, "the file is too short for a table");
    }
    this.handles = format.readFooter(path, bytes(footerAt, TableFormat.FOOTER_BYTES), footerAt);
  }

  private byte[] bytes(long offset, long length) throws IOException {
    if (length > Integer.MAX_VALUE - 8) {
      throw new CorruptionException(path, offset, "a section is too large");
    }
    byte[] bytes = new byte[(int) length];
    if (file.read(offset, bytes, 0, bytes.length) < bytes.length) {
      throw new CorruptionException(path, offset, "the file ends too early");
    }
    return bytes;
  }

  public FileHeader header() {
    return header;
  }

  public long sizeBytes() {
    return footerAt + TableFormat.FOOTER_BYTES;
  }

  TableFormat.Handle handle(int section) {
    return handles[section];
  }

  /// Reads a section, which lies within the file, and checks it.
  byte[] section(int section) throws IOException {
    TableFormat.Handle handle = handles[section];
    byte[] bytes = bytes(handle.offset(), handle.length());
    if (format.tied(bytes, bytes.length, handle.offset()) != handle.checksum()) {
      throw new CorruptionException(
          path, handle.offset(), "the %s do not match their checksum".formatted(name(section)));
    }
    return bytes;
  }

  static String name(int section) {
    return switch (section) {
      case TableFormat.FILTER -> "bits of the filter";
      case TableFormat.FENCES -> "fences";
      case TableFormat.RANGES -> "range deletes";
      default -> "properties";
    };
  }

  /// A section in native memory, which the garbage collector frees.
  MemorySegment nativeSection(int section) throws IOException {
    byte[] bytes = section(section);
    MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytes.length), Filter.LINE_BYTES);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return memory;
  }

  /// What the table says of itself.
  public TableProperties properties() throws IOException {
    TableProperties known = properties;
    if (known == null) {
      long offset = handles[TableFormat.PROPERTIES].offset();
      known = TableFormat.readProperties(path, section(TableFormat.PROPERTIES), offset);
      properties = known;
    }
    return known;
  }

  /// The range deletes, in pieces as they were cut.
  public List<RangeDelete> rangeDeletes() throws IOException {
    long offset = handles[TableFormat.RANGES].offset();
    byte[] section = section(TableFormat.RANGES);
    return TableFormat.readRangeDeletes(path, section, offset, properties().rangeDeletes());
  }

  Fences fences() throws IOException {
    Fences known = fences;
    if (known == null) {
      TableFormat.Handle handle = handles[TableFormat.FENCES];
      known =
          Fences.open(
              nativeSection(TableFormat.FENCES),
              0,
              handle.length(),
              properties().blocks(),
              TableFormat.BLOCKS_AT,
              TableFormat.BLOCKS_AT + properties().storedBytes(),
              path,
              handle.offset());
      fences = known;
    }
    return known;
  }

  /// The bytes from `offset` up to `end`, few of them, that belong to nothing.
  boolean isZero(long offset, long end) throws IOException {
    for (byte b : bytes(offset, end - offset)) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /// How many blocks there are.
  public int blockCount() throws IOException {
    return properties().blocks();
  }

  /// Block `index`, which stays readable until the next one is asked for.
  public Entries block(int index) throws IOException {
    BlockReader from = reader;
    if (from == null) {
      from = new BlockReader(path, file, null, format, fences());
      reader = from;
    }
    from.read(index, scratch);
    int length = scratch.length();
    if (memory.byteSize() < length) {
      arena.close();
      arena = Arena.ofShared();
      memory = arena.allocate(Math.max(length, 2 * memory.byteSize()), Long.BYTES);
    }
    from.place(index, scratch, memory, 0);
    long offset = fences().offset(index);
    return new Entries(offset, (int) (fences().end(index) - offset), length, memory);
  }

  /// The entries of a block, in the order of their keys, the newest of a key first.
  public static final class Entries {
    private final long offset;
    private final int storedBytes;
    private final int rawBytes;
    private final MemorySegment s;

    private Entries(long offset, int storedBytes, int rawBytes, MemorySegment s) {
      this.offset = offset;
      this.storedBytes = storedBytes;
      this.rawBytes = rawBytes;
      this.s = s;
    }

    /// Where the block begins in the file.
    public long offset() {
      return offset;
    }

    /// How many bytes it takes there.
    public int storedBytes() {
      return storedBytes;
    }

    /// How many bytes it had before it was compressed.
    public int rawBytes() {
      return rawBytes;
    }

    /// How many entries it holds.
    public int count() {
      return Block.count(s, 0);
    }

    public byte[] key(int index) {
      return s.asSlice(Block.keyOffset(s, 0, index), Block.keyLength(s, 0, index))
          .toArray(ValueLayout.JAVA_BYTE);
    }

    public int valueLength(int index) {
      long value = Block.keyOffset(s, 0, index) + Block.keyLength(s, 0, index);
      return (int) (Block.keyOffset(s, 0, index + 1) - value);
    }

    public long sequence(int index) {
      return Block.sequence(s, 0, index);
    }

    /// One of [org.tuffdb.entry.Kind].
    public byte kind(int index) {
      return Block.kind(s, 0, index);
    }

    /// Where a search in this block for `key` at `sequence` ends up.
    int find(byte[] key, long sequence) {
      return Block.lowerBound(s, 0, key, sequence);
    }
  }

  @Override
  public void close() throws IOException {
    arena.close();
    file.close();
  }
}
