package org.tuffdb.table;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReferenceArray;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.ReadFile;

/// Gets blocks out of a file, checked and decompressed. Any number of threads use it.
///
/// What is mapped is copied before its checksum is computed: see [Checksum#add].
final class BlockReader {
  private static final LZ4SafeDecompressor LZ4 = LZ4Factory.safeInstance().safeDecompressor();

  /// LZ4 writes at most so many bytes for each one that it reads.
  private static final int EXPANSION_MAX = 256;

  private final Path path;
  private final ReadFile file;
  private final @Nullable MemorySegment mapping;
  private final TableFormat format;
  private final Fences fences;

  BlockReader(
      Path path,
      ReadFile file,
      @Nullable MemorySegment mapping,
      TableFormat format,
      Fences fences) {
    this.path = path;
    this.file = file;
    this.mapping = mapping;
    this.format = format;
    this.fences = fences;
  }

  Fences fences() {
    return fences;
  }

  /// Memory to work in, kept from one block to the next. There is one for each of a few threads:
  /// where they shared one, whoever came second would make its own, and drop it.
  static final class Scratch {
    static final int SPARES = 8;
    private static final AtomicReferenceArray<@Nullable Scratch> SPARE =
        new AtomicReferenceArray<>(SPARES);
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private final Checksum checksum = new Checksum();
    private byte[] stored = new byte[0];
    private byte[] unpacked = new byte[0];

    /// The last block: what stands here up to `length`.
    private byte[] block = stored;

    private int length;

    static Scratch take() {
      Scratch spare = SPARE.getAndSet(place(), null);
      return spare == null ? new Scratch() : spare;
    }

    private static int place() {
      return (int) Thread.currentThread().threadId() & (SPARES - 1);
    }

    void release() {
      if (stored.length <= KEPT_BYTES_MAX && unpacked.length <= KEPT_BYTES_MAX) {
        SPARE.set(place(), this);
      }
    }

    int length() {
      return length;
    }

    private byte[] stored(int length) {
      stored = stored.length >= length ? stored : new byte[length];
      return stored;
    }

    private byte[] unpacked(int length) {
      unpacked = unpacked.length >= length ? unpacked : new byte[length];
      return unpacked;
    }
  }

  /// Reads a block into `scratch`, checked against its checksum and decompressed.
  void read(int block, Scratch scratch) {
    long offset = fences.offset(block);
    int length = fences.length(block);
    byte[] stored = scratch.stored(length);
    if (mapping != null) {
      MemorySegment.copy(mapping, ValueLayout.JAVA_BYTE, offset, stored, 0, length);
    } else {
      try {
        requireWhole(block, file.read(offset, stored, 0, length));
      } catch (IOException e) {
        throw new DbException(path + ": cannot be read", e);
      }
    }
    unpack(block, scratch);
  }

  /// The same for a block that stands in `s`.
  void unpack(int block, MemorySegment s, long at, Scratch scratch) {
    int length = fences.length(block);
    MemorySegment.copy(s, ValueLayout.JAVA_BYTE, at, scratch.stored(length), 0, length);
    unpack(block, scratch);
  }

  private void unpack(int block, Scratch scratch) {
    int length = fences.length(block);
    int storedLength = length - TableFormat.TRAILER_BYTES;
    byte[] stored = scratch.stored;
    int sum = scratch.checksum.of(stored, 0, length - Integer.BYTES);
    requireSum(block, sum, LittleEndian.getInt(stored, length - Integer.BYTES));
    int rawLength = rawLength(block, LittleEndian.getInt(stored, storedLength));
    scratch.length = rawLength;
    scratch.block =
        fences.isCompressed(block) ? decompress(block, storedLength, rawLength, scratch) : stored;
  }

  private void requireSum(int block, int sum, int stored) {
    if (stored != format.tied(sum, fences.offset(block))) {
      throw corruption(block, "a block does not match its checksum");
    }
  }

  /// What the block's trailer declares, if that can be true.
  private int rawLength(int block, int declared) {
    int storedLength = fences.length(block) - TableFormat.TRAILER_BYTES;
    int rawLength = declared & ~TableFormat.COMPRESSED;
    boolean possible =
        fences.isCompressed(block)
            ? declared < 0
                && rawLength <= TableFormat.RAW_BYTES_MAX
                && rawLength / EXPANSION_MAX <= storedLength
            : declared == storedLength;
    if (!possible) {
      throw corruption(block, "a block has another size than it says");
    }
    return rawLength;
  }

  private byte[] decompress(int block, int storedLength, int rawLength, Scratch scratch) {
    byte[] into = scratch.unpacked(rawLength);
    int length;
    try {
      length = LZ4.decompress(scratch.stored, 0, storedLength, into, 0, rawLength);
    } catch (LZ4Exception | IndexOutOfBoundsException e) {
      CorruptionException corruption = corruption(block, "a block cannot be decompressed");
      corruption.initCause(e);
      throw corruption;
    }
    if (length != rawLength) {
      throw corruption(block, "a block decompresses to another size");
    }
    return into;
  }

  private CorruptionException corruption(int block, String what) {
    return new CorruptionException(path, fences.offset(block), what);
  }

  /// Puts the block of `scratch` into native memory, ready to be searched.
  void place(int block, Scratch scratch, MemorySegment into, long at) {
    MemorySegment.copy(scratch.block, 0, into, ValueLayout.JAVA_BYTE, at, scratch.length);
    requireSearchable(block, into, at, scratch.length);
  }

  /// Reads a block into `memory`, checked and decompressed.
  void read(int block, BlockMemory memory) {
    Scratch scratch = Scratch.take();
    if (mapping == null && !fences.isCompressed(block)) {
      int length = fences.length(block);
      MemorySegment s = memory.atLeast(length);
      requireWhole(block, read(block, fences.offset(block), s.asSlice(0, length)));
      requireSound(block, s, 0, memory.view(), scratch);
    } else {
      read(block, scratch);
      place(block, scratch, memory.atLeast(scratch.length()), 0);
    }
    scratch.release();
  }

  /// Reads the file from `offset` on, where `block` begins, and says how much there was.
  int read(int block, long offset, MemorySegment into) {
    try {
      return file.read(offset, into);
    } catch (IOException e) {
      throw new DbException(path + ": cannot be read", e);
    }
  }

  void requireWhole(int block, int length) {
    if (length < fences.length(block)) {
      throw corruption(block, "the file ends within a block");
    }
  }

  /// Checks a block that is not compressed and stands in native memory, of which `view` is a view.
  void requireSound(int block, MemorySegment s, int at, ByteBuffer view, Scratch scratch) {
    int length = fences.length(block);
    Checksum checksum = scratch.checksum;
    checksum.begin();
    checksum.add(view.limit(at + length - Integer.BYTES).position(at));
    requireSum(block, checksum.value(), s.get(Block.INT, at + length - (long) Integer.BYTES));
    int storedLength = length - TableFormat.TRAILER_BYTES;
    requireSearchable(block, s, at, rawLength(block, s.get(Block.INT, at + (long) storedLength)));
  }

  /// Checks that a block whose checksum is right can be searched.
  void requireSearchable(int block, MemorySegment s, long at, int length) {
    String fault = Block.fault(s, at, length);
    if (fault != null) {
      throw corruption(block, fault);
    }
  }
}
