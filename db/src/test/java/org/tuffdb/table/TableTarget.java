package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchSamples;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.fuzz.Target;

/// Opens a table with a manifest that knows of it what it says of itself, reads everything, and
/// checks it.
public final class TableTarget implements Target {
  private static final int BLOCK_BYTES = 128;
  private static final byte[] ALL = {};

  @Override
  public String name() {
    return "table";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (BlockCompression compression : BlockCompression.values()) {
      seeds.add(seed(12, compression));
      seeds.add(seed(40, compression));
    }
    return seeds;
  }

  private static byte[] seed(int entries, BlockCompression compression) throws IOException {
    Random random = new Random(entries);
    TableModel model = new TableModel();
    for (int i = 0; i < entries; i++) {
      byte[] value = new byte[entries == 12 ? 8 : random.nextInt(20)];
      model.put(("key " + random.nextInt(entries)).getBytes(UTF_8), 1 + random.nextInt(99), value);
    }
    model.rangeDeletes.add(new RangeDelete(new byte[] {'b'}, new byte[] {'c'}, 8));
    MemoryFileSystem files = new MemoryFileSystem();
    model.write(files, new TableOptions(BLOCK_BYTES, 10, compression));
    return BatchSamples.content(files, TableModel.PATH);
  }

  @Override
  public byte[] sealed(byte[] input) {
    if (input.length >= TableFormat.BLOCKS_AT + TableFormat.FOOTER_BYTES) {
      TableModel.HEADER.write(input);
      TableFormat format = new TableFormat(TableModel.HEADER);
      sealBlocks(input, format);
      TableStructure.sealSections(input, format);
    }
    return input;
  }

  /// Those that the fences lead to, which the footer leads to.
  private static void sealBlocks(byte[] file, TableFormat format) {
    int handleAt = file.length - TableFormat.FOOTER_BYTES + TableFormat.HANDLE_BYTES;
    long fencesAt = LittleEndian.getLong(file, handleAt);
    boolean within = fencesAt >= TableFormat.BLOCKS_AT && fencesAt <= file.length - 16;
    int count = within ? LittleEndian.getInt(file, (int) fencesAt) : 0;
    long placesAt = fencesAt + 16 + (long) Long.BYTES * count;
    for (int i = 0; i < count && placesAt + (i + 2L) * Long.BYTES <= file.length; i++) {
      int at = (int) placesAt + i * Long.BYTES;
      long begin = LittleEndian.getLong(file, at) >>> 1;
      long end = LittleEndian.getLong(file, at + Long.BYTES) >>> 1;
      new BlockPlace(begin, end, false).seal(file, format);
    }
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (WriteFile file = files.create(TableModel.PATH)) {
      file.write(0, input, 0, input.length);
    }
    List<String> damages = new ArrayList<>();
    new TableCheck(
            files,
            TableModel.PATH,
            TableModel.HEADER.number(),
            null,
            TableModel.STORE,
            _ -> {},
            (_, what, _, _) -> damages.add(what))
        .run();
    boolean read = true;
    for (Access access : Access.values()) {
      read &= reads(files, input.length, access);
      files.assertNothingOpen();
    }
    if (damages.isEmpty() && !read) {
      throw new AssertionError("a read refuses what the check finds sound");
    }
    return read && damages.isEmpty();
  }

  private static boolean reads(MemoryFileSystem files, int sizeBytes, Access access)
      throws IOException {
    BlockCache cache = new BlockCache(8 * BLOCK_BYTES, BLOCK_BYTES);
    try (Table table =
        Table.open(
            files, TableModel.PATH, info(files, sizeBytes), TableModel.STORE, access, cache)) {
      return readAll(table);
    } catch (DbException refused) {
      return false;
    } finally {
      cache.close();
    }
  }

  private static TableInfo info(MemoryFileSystem files, int sizeBytes) throws IOException {
    try (TableFile file = TableFile.open(files, TableModel.PATH, TableModel.HEADER.number())) {
      TableProperties p = file.properties();
      return new TableInfo(
          TableModel.HEADER.number(),
          sizeBytes,
          ALL,
          ALL,
          p.oldestSequence(),
          p.newestSequence(),
          p.entries(),
          p.keys(),
          p.deletes(),
          p.rangeDeletes(),
          p.compression() == BlockCompression.LZ4);
    }
  }

  private interface Reading {
    void run();
  }

  private static boolean readAll(Table table) {
    boolean forwards = succeeds(() -> scan(table, table.cursor()));
    boolean backwards = succeeds(() -> scanBack(table.cursor()));
    boolean sweep = succeeds(() -> scan(table, table.sweep()));
    boolean found = true;
    for (int i = 0; i < 40; i += 3) {
      byte[] key = ("key " + i).getBytes(UTF_8);
      found &= succeeds(() -> find(table, key));
    }
    return forwards && backwards && sweep && found;
  }

  private static boolean succeeds(Reading reading) {
    try {
      reading.run();
      return true;
    } catch (CorruptionException damaged) {
      return false;
    }
  }

  private static void scan(Table table, EntryCursor cursor) {
    try (cursor) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        byte[] key = take(cursor);
        long _ = table.rangeDeletes().newest(key, cursor.sequence());
      }
    }
  }

  private static void scanBack(EntryCursor cursor) {
    try (cursor) {
      for (boolean there = cursor.last(); there; there = cursor.previous()) {
        byte[] _ = take(cursor);
      }
      boolean _ = cursor.seek("key 2".getBytes(UTF_8), Long.MAX_VALUE);
    }
  }

  /// Looks at all of an entry, as far as its lengths say that it goes.
  private static byte[] take(EntryCursor cursor) {
    if (!Block.isKind(cursor.kind())) {
      throw new AssertionError("an entry of kind " + cursor.kind());
    }
    byte[] _ = slice(cursor, cursor.valueOffset(), cursor.valueLength());
    return slice(cursor, cursor.keyOffset(), cursor.keyLength());
  }

  private static byte[] slice(EntryCursor cursor, long offset, int length) {
    return cursor.segment().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private static void find(Table table, byte[] key) {
    Found found = new Found();
    if (table.find(key, Hash.of(key), 50, found)) {
      found.release();
    }
  }
}
