package org.tuffdb.table;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;

/// A table open for reading, by any number of threads.
public final class Table implements Closeable {
  private static final int COPY_BYTES = 64 << 10;

  private final Path path;
  private final ReadFile file;
  private final TableInfo info;
  private final TableFormat format;
  private final TableFormat.Handle[] handles;
  private final TableProperties properties;
  private final RangeDeletes rangeDeletes;
  private final long rangeDeletesBytes;
  private final BlockCache cache;
  private final @Nullable MemorySegment mapping;

  /// What the first read makes ready; guarded by this object until it is published here.
  private volatile @Nullable Contents contents;

  private @Nullable Arena memory;

  /// The filter, the fences and the blocks.
  private record Contents(MemorySegment filter, long filterAt, long lines, TableBlocks blocks) {}

  private Table(
      Path path,
      ReadFile file,
      TableInfo info,
      TableFormat format,
      TableFormat.Handle[] handles,
      TableProperties properties,
      RangeDeletes rangeDeletes,
      BlockCache cache,
      @Nullable MemorySegment mapping) {
    this.path = path;
    this.file = file;
    this.info = info;
    this.format = format;
    this.handles = handles;
    this.properties = properties;
    this.rangeDeletes = rangeDeletes;
    this.rangeDeletesBytes = rangeDeletes.memoryBytes();
    this.cache = cache;
    this.mapping = mapping;
  }

  /// Opens the table at `path`, which the manifest of store `storeId` describes by `info`.
  ///
  /// @throws CorruptionException if the file is not that table, or damaged where that shows so far
  public static Table open(
      FileSystem files, Path path, TableInfo info, long storeId, Access reading, BlockCache cache)
      throws IOException {
    ReadFile file = openFile(files, path);
    try {
      long size = file.sizeBytes();
      if (size != info.sizeBytes() || size < TableFormat.BLOCKS_AT + TableFormat.FOOTER_BYTES) {
        throw new CorruptionException(
            path, -1, "the file has %d bytes and not %d".formatted(size, info.sizeBytes()));
      }
      byte[] head = bytes(path, file, 0, FileHeader.BYTES);
      FileHeader header =
          FileHeader.read(path, head, head.length, FileHeader.Kind.TABLE, info.number());
      if (header.storeId() != storeId) {
        throw new CorruptionException(path, 32, "the table belongs to another store");
      }
      TableFormat format = new TableFormat(header);
      long footerAt = size - TableFormat.FOOTER_BYTES;
      TableFormat.Handle[] handles =
          format.readFooter(path, bytes(path, file, footerAt, TableFormat.FOOTER_BYTES), footerAt);
      TableProperties properties = readProperties(path, file, format, handles, info);
      RangeDeletes ranges = readRanges(path, file, format, handles, properties);
      MemorySegment mapping = reading == Access.MAPPED ? file.map() : null;
      return new Table(path, file, info, format, handles, properties, ranges, cache, mapping);
    } catch (Throwable failure) {
      file.close();
      throw failure;
    }
  }

  private static ReadFile openFile(FileSystem files, Path path) throws IOException {
    try {
      return files.openForRead(path);
    } catch (NoSuchFileException e) {
      CorruptionException missing = new CorruptionException(path, -1, "the file is missing");
      missing.initCause(e);
      throw missing;
    }
  }

  private static byte[] bytes(Path path, ReadFile file, long offset, int length)
      throws IOException {
    byte[] bytes = new byte[length];
    if (file.read(offset, bytes, 0, length) < length) {
      throw new CorruptionException(path, offset, "the file ends too early");
    }
    return bytes;
  }

  private static byte[] section(
      Path path, ReadFile file, TableFormat format, TableFormat.Handle handle) throws IOException {
    if (handle.length() > Integer.MAX_VALUE - 8) {
      throw new CorruptionException(path, handle.offset(), "a section is too large");
    }
    byte[] section = bytes(path, file, handle.offset(), (int) handle.length());
    if (format.tied(section, section.length, handle.offset()) != handle.checksum()) {
      throw new CorruptionException(path, handle.offset(), "a section does not match its checksum");
    }
    return section;
  }

  private static TableProperties readProperties(
      Path path, ReadFile file, TableFormat format, TableFormat.Handle[] handles, TableInfo info)
      throws IOException {
    TableFormat.Handle handle = handles[TableFormat.PROPERTIES];
    TableProperties properties =
        TableFormat.readProperties(path, section(path, file, format, handle), handle.offset());
    if (properties.entries() != info.entries()
        || properties.keys() != info.keys()
        || properties.deletes() != info.deletes()
        || properties.rangeDeletes() != info.rangeDeletes()
        || properties.oldestSequence() != info.oldestSequence()
        || properties.newestSequence() != info.newestSequence()
        || properties.filterBytes() != handles[TableFormat.FILTER].length()
        || properties.fenceBytes() != handles[TableFormat.FENCES].length()
        || properties.filterBytes() % Filter.LINE_BYTES != 0
        || (properties.filterBytes() > 0 && properties.filterProbes() == 0)
        || (properties.blocks() == 0) != (properties.entries() == 0)
        || TableFormat.aligned(TableFormat.BLOCKS_AT + properties.storedBytes())
            != handles[TableFormat.FILTER].offset()) {
      throw new CorruptionException(
          path, handle.offset(), "the properties are not those that the manifest knows");
    }
    return properties;
  }

  private static RangeDeletes readRanges(
      Path path,
      ReadFile file,
      TableFormat format,
      TableFormat.Handle[] handles,
      TableProperties properties)
      throws IOException {
    TableFormat.Handle handle = handles[TableFormat.RANGES];
    byte[] section = section(path, file, format, handle);
    return RangeDeletes.of(
        TableFormat.readRangeDeletes(path, section, handle.offset(), properties.rangeDeletes()));
  }

  public TableInfo info() {
    return info;
  }

  public TableProperties properties() {
    return properties;
  }

  public RangeDeletes rangeDeletes() {
    return rangeDeletes;
  }

  /// Whether it is read by mapping.
  public boolean isMapped() {
    return mapping != null;
  }

  /// What the filter, the fences and the like take of memory, once the table has been read from,
  /// and its range deletes.
  public long memoryBytes() {
    long bytes =
        mapping != null
            ? properties.blocks() / Byte.SIZE
            : properties.filterBytes() + properties.fenceBytes();
    return bytes + rangeDeletesBytes;
  }

  private Contents contents() {
    Contents ready = contents;
    return ready != null ? ready : loadOrSayWhy();
  }

  private Contents loadOrSayWhy() {
    try {
      return load();
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  private synchronized Contents load() {
    Contents ready = contents;
    if (ready != null) {
      return ready;
    }
    try {
      TableFormat.Handle filter = handles[TableFormat.FILTER];
      TableFormat.Handle fences = handles[TableFormat.FENCES];
      if (mapping != null) {
        requireSound(mapping, filter.offset(), filter);
        requireSound(mapping, fences.offset(), fences);
        ready = contents(mapping, filter.offset(), mapping, fences.offset());
      } else {
        ready = contents(read(filter), 0, read(fences), 0);
      }
      contents = ready;
      return ready;
    } catch (IOException e) {
      throw new DbException(path + ": cannot be read", e);
    } finally {
      if (contents == null) {
        freeMemory();
      }
    }
  }

  private void freeMemory() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  private Contents contents(
      MemorySegment filter, long filterAt, MemorySegment fenceMemory, long fencesAt) {
    TableFormat.Handle handle = handles[TableFormat.FENCES];
    Fences fences =
        Fences.open(
            fenceMemory,
            fencesAt,
            handle.length(),
            properties.blocks(),
            TableFormat.BLOCKS_AT,
            TableFormat.BLOCKS_AT + properties.storedBytes(),
            path,
            handle.offset());
    BlockReader reader = new BlockReader(path, file, mapping, format, fences);
    TableBlocks blocks = new TableBlocks(info.number(), reader, mapping, cache);
    return new Contents(filter, filterAt, properties.filterBytes() / Filter.LINE_BYTES, blocks);
  }

  private MemorySegment read(TableFormat.Handle handle) throws IOException {
    if (memory == null) {
      memory = Arena.ofShared();
    }
    MemorySegment section = memory.allocate(handle.length(), Filter.LINE_BYTES);
    for (long done = 0; done < handle.length(); ) {
      long length = Math.min(handle.length() - done, 1 << 30);
      int count = file.read(handle.offset() + done, section.asSlice(done, length));
      if (count == 0) {
        throw new CorruptionException(path, handle.offset(), "the file ends within a section");
      }
      done += count;
    }
    requireSound(section, 0, handle);
    return section;
  }

  private void requireSound(MemorySegment s, long at, TableFormat.Handle handle) {
    if (format.tied(checksum(s, at, handle.length()), handle.offset()) != handle.checksum()) {
      throw new CorruptionException(path, handle.offset(), "a section does not match its checksum");
    }
  }

  /// Of a copy: see [Checksum#add].
  private static int checksum(MemorySegment s, long at, long length) {
    Checksum checksum = new Checksum();
    byte[] copy = new byte[(int) Math.min(length, COPY_BYTES)];
    checksum.begin();
    for (long done = 0; done < length; done += copy.length) {
      int count = (int) Math.min(copy.length, length - done);
      MemorySegment.copy(s, ValueLayout.JAVA_BYTE, at + done, copy, 0, count);
      checksum.add(copy, 0, count);
    }
    return checksum.value();
  }

  /// Finds the newest entry of `key`, of whatever kind, that is not newer than `sequence`; false if
  /// there is none. Range deletes are not looked at.
  ///
  /// In one piece on purpose: HotSpot inlines nothing of more than 325 bytes of code, so it
  /// compiles this by itself. Within its callers, the accesses to memory would be more than fifteen
  /// calls deep, where inlining ends, and many of them, in loops too, would make calls.
  ///
  /// @param hash of the key
  public boolean find(byte[] key, long hash, long sequence, Found found) {
    if (properties.blocks() == 0) {
      return false;
    }
    long held = TableBlocks.ABSENT;
    BlockMemory memory = BlockMemory.NONE;
    try {
      Contents ready = contents();
      TableBlocks blocks = ready.blocks;
      boolean there = false;
      boolean goesOn = mayContain(ready, hash);
      for (int block = goesOn ? blocks.fences().find(key) : 0; goesOn; block++) {
        held = blocks.hold(block);
        if (held == TableBlocks.ABSENT) {
          memory = BlockMemory.ofThread();
          held = blocks.fill(block, memory);
        }
        MemorySegment s = blocks.segment(held, memory);
        long at = blocks.offset(block, held);
        int count = Block.count(s, at);
        int shape = Block.shape(s, at);
        int index = Block.find(s, at, count, shape, key, sequence);
        if (index >= 0) {
          long value = Block.keyOffset(s, at, count, shape, index) + key.length;
          int length = (int) (Block.keyOffset(s, at, count, shape, index + 1) - value);
          long foundSequence = Block.sequence(s, at, count, shape, index);
          found.set(s, value, length, foundSequence, Block.kind(s, at, count, shape, index));
          if (held >= 0) {
            found.pin(blocks.cache(), held);
          } else if (held == TableBlocks.ALONE) {
            found.pin(memory, held);
          } else {
            TableBlocks.touch(s, value, length);
          }
          held = TableBlocks.ABSENT; // what is pinned is for the caller to let go of
          memory = BlockMemory.NONE;
          there = true;
          goesOn = false;
        } else {
          // Older entries of the key may be in the next block.
          goesOn =
              ~index == count
                  && block + 1 < blocks.fences().blocks()
                  && Block.compareKey(s, at, count - 1, key) == 0;
          long done = held;
          BlockMemory doneMemory = memory;
          held = TableBlocks.ABSENT; // never let go of twice
          memory = BlockMemory.NONE;
          blocks.release(done);
          doneMemory.close();
        }
      }
      if (mapping != null) {
        TableBlocks.awaitPages(this);
      }
      return there;
    } catch (InternalError e) {
      letGo(held, memory);
      throw unreadable(e);
    } catch (Throwable e) {
      letGo(held, memory);
      throw e;
    }
  }

  /// Lets go of the block that a search stood in which has failed.
  private void letGo(long held, BlockMemory blockMemory) {
    if (held >= 0) {
      cache.unpin(held);
    }
    blockMemory.close();
  }

  /// What the filter says of `key`.
  boolean mayContain(byte[] key) {
    return mayContain(contents(), Hash.of(key));
  }

  private boolean mayContain(Contents ready, long hash) {
    return ready.lines == 0
        || Filter.mayContain(
            ready.filter, ready.filterAt, ready.lines, properties.filterProbes(), hash);
  }

  /// What to throw in place of the JVM's error for a page of a mapping that cannot be read.
  DbException unreadable(InternalError error) {
    return new DbException(path + ": cannot be read: was it cut, or is the disk failing?", error);
  }

  /// A cursor over the entries, range deletes not among them.
  public EntryCursor cursor() {
    return new TableCursor(this, false);
  }

  /// The same for whoever walks over the whole table once, from the beginning: it reads ahead, does
  /// not go through the cache, and checks each block again.
  public EntryCursor sweep() {
    return new TableCursor(this, true);
  }

  /// Says what is wrong with a block whose checksum is right.
  CorruptionException damage(int block, String what) {
    return new CorruptionException(path, fences().offset(block), what);
  }

  BlockSource heldBlocks() {
    return new HeldBlocks(contents().blocks);
  }

  BlockSource sweptBlocks() {
    return new SweptBlocks(contents().blocks.reader());
  }

  Fences fences() {
    return contents().blocks.fences();
  }

  /// How many blocks the table has.
  public int blockCount() {
    return properties.blocks();
  }

  /// What a listing of blocks shows of one.
  ///
  /// @param offset where it begins in the file
  /// @param storedBytes how many bytes it takes there
  /// @param rawBytes how many it had before compression
  /// @param entries how many entries it holds
  /// @param firstKey the key of the first of them
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record BlockInfo(
      long offset, int storedBytes, int rawBytes, int entries, byte[] firstKey) {}

  public BlockInfo block(int block) {
    BlockReader reader = contents().blocks.reader();
    try (BlockMemory memory = BlockMemory.ofThread()) {
      reader.read(block, memory);
      MemorySegment s = memory.segment();
      return new BlockInfo(
          reader.fences().offset(block),
          reader.fences().length(block),
          (int) Block.keyOffset(s, 0, Block.count(s, 0)),
          Block.count(s, 0),
          s.asSlice(Block.keyOffset(s, 0, 0), Block.keyLength(s, 0, 0))
              .toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /// Closes the file. Nobody reads the table any more.
  @Override
  public synchronized void close() throws IOException {
    cache.forget(info.number());
    freeMemory();
    file.close();
  }
}
