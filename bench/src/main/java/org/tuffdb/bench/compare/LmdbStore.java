package org.tuffdb.bench.compare;

import static java.nio.ByteBuffer.allocateDirect;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Sum;

/// LMDB: one transaction a write, without syncing unless that is asked for. A reader renews one
/// transaction, and reads in the map. It has no memory of its own: the page cache serves it. A
/// store that is larger than the memory there is is not read ahead, as its documentation advises.
final class LmdbStore implements Store {
  private static final long MAP_BYTES = 64L << 30;
  private static final int READERS_MAX = 256;

  /// How it writes.
  enum Variant {
    /// By system calls, as is the default: a stray pointer cannot harm the file.
    PLAIN,

    /// Into its map.
    WRITEMAP
  }

  private final Env<ByteBuffer> env;
  private final Variant variant;
  private final Path file;
  private final Dbi<ByteBuffer> entries;
  private final int valueBytes;

  private LmdbStore(Env<ByteBuffer> env, Variant variant, Path file, int valueBytes) {
    this.env = env;
    this.variant = variant;
    this.file = file;
    this.entries = env.openDbi((String) null, DbiFlags.MDB_CREATE);
    this.valueBytes = valueBytes;
  }

  static Store open(Settings settings, Variant variant) throws IOException {
    Path file = settings.directory().resolve("data.mdb");
    Files.createDirectories(settings.directory());
    List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NOTLS));
    if (!settings.synced()) {
      flags.add(EnvFlags.MDB_NOSYNC);
    }
    if (variant == Variant.WRITEMAP) {
      flags.add(EnvFlags.MDB_WRITEMAP);
    }
    if (isLargerThanMemory(file.toFile().length())) {
      flags.add(EnvFlags.MDB_NORDAHEAD);
    }
    return new LmdbStore(
        Env.create()
            .setMapSize(MAP_BYTES)
            .setMaxReaders(READERS_MAX)
            .open(settings.directory().toFile(), flags.toArray(EnvFlags[]::new)),
        variant,
        file,
        settings.valueBytes());
  }

  /// The memory is that of the machine, or of the control group. A file as long as the map is one
  /// of [Variant#WRITEMAP] that was not closed, and has holes.
  private static boolean isLargerThanMemory(long fileBytes) {
    OperatingSystemMXBean machine =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return fileBytes < MAP_BYTES && fileBytes > machine.getTotalMemorySize();
  }

  @Override
  public Session session() {
    return new LmdbSession();
  }

  /// Nothing happens in the background.
  @Override
  public void settle() {
    env.sync(true);
  }

  @Override
  public void close() {
    long usedBytes = (env.info().lastPageNumber + 1) * env.stat().pageSize;
    env.close();
    if (variant == Variant.WRITEMAP) {
      cut(file, usedBytes);
    }
  }

  /// Written by its map, the file is as long as that: what lies behind the last page is a hole.
  private static void cut(Path file, long usedBytes) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(usedBytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private final class LmdbSession implements Session {
    private final ByteBuffer directKey = allocateDirect(Peers.KEY_BYTES_MAX);
    private final ByteBuffer directValue = allocateDirect(valueBytes);
    private final Txn<ByteBuffer> reading = env.txnRead();
    private final org.lmdbjava.Cursor<ByteBuffer> readingCursor = entries.openCursor(reading);

    LmdbSession() {
      reading.reset();
    }

    @Override
    public void put(byte[] key, byte[] value) {
      directKey.clear().put(key).flip();
      directValue.clear().put(value).flip();
      try (Txn<ByteBuffer> writing = env.txnWrite()) {
        entries.put(writing, directKey, directValue);
        writing.commit();
      }
    }

    @Override
    public void delete(byte[] key) {
      directKey.clear().put(key).flip();
      try (Txn<ByteBuffer> writing = env.txnWrite()) {
        entries.delete(writing, directKey);
        writing.commit();
      }
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values, int count) {
      try (Txn<ByteBuffer> writing = env.txnWrite()) {
        for (int i = 0; i < count; i++) {
          directKey.clear().put(keys[i]).flip();
          directValue.clear().put(values[i]).flip();
          entries.put(writing, directKey, directValue);
        }
        writing.commit();
      }
    }

    @Override
    public int get(byte[] key, byte[] buffer) {
      directKey.clear().put(key).flip();
      reading.renew();
      try {
        ByteBuffer value = entries.get(reading, directKey);
        if (value == null) {
          return -1;
        }
        int length = value.remaining();
        value.get(value.position(), buffer, 0, Math.min(length, buffer.length));
        return length;
      } finally {
        reading.reset();
      }
    }

    @Override
    public Cursor cursor() {
      reading.renew();
      readingCursor.renew(reading);
      return new LmdbCursor(reading, readingCursor, directKey);
    }

    @Override
    public void close() {
      readingCursor.close();
      reading.close();
    }
  }

  private record LmdbCursor(
      Txn<ByteBuffer> reading, org.lmdbjava.Cursor<ByteBuffer> cursor, ByteBuffer directKey)
      implements Cursor {

    @Override
    public boolean first() {
      return cursor.first();
    }

    @Override
    public boolean last() {
      return cursor.last();
    }

    @Override
    public boolean seek(byte[] key) {
      return cursor.get(directKey.clear().put(key).flip(), GetOp.MDB_SET_RANGE);
    }

    @Override
    public boolean next() {
      return cursor.next();
    }

    @Override
    public boolean previous() {
      return cursor.prev();
    }

    @Override
    public int key(byte[] buffer) {
      ByteBuffer key = cursor.key();
      int length = key.remaining();
      key.get(key.position(), buffer, 0, length);
      return length;
    }

    @Override
    public long sum() {
      return Sum.of(cursor.key()) + Sum.of(cursor.val());
    }

    @Override
    public void close() {
      reading.reset();
    }
  }
}
