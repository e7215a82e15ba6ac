package org.tuffdb.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.jspecify.annotations.Nullable;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Sum;

/// The port of LevelDB to Java: write buffers of 64 MiB, as the others have; all the memory of the
/// settings is for its block cache. It has no filters, and compresses by Snappy alone, which is
/// off.
final class LeveldbStore implements Store {
  private static final int WRITE_BUFFER_BYTES = 64 << 20;

  private final DB db;
  private final WriteOptions writeOptions;

  private LeveldbStore(DB db, boolean synced) {
    this.db = db;
    this.writeOptions = new WriteOptions().sync(synced);
  }

  static Store open(Settings settings) throws IOException {
    Files.createDirectories(settings.directory());
    Options options =
        new Options()
            .createIfMissing(true)
            .writeBufferSize(WRITE_BUFFER_BYTES)
            .compressionType(CompressionType.NONE)
            .cacheSize(settings.memoryBytes());
    return new LeveldbStore(
        Iq80DBFactory.factory.open(settings.directory().toFile(), options), settings.synced());
  }

  @Override
  public Session session() {
    return new LeveldbSession();
  }

  /// It does not say what it has left to do, nor wait for it.
  @Override
  public void settle() {}

  @Override
  public void close() {
    try {
      db.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private final class LeveldbSession implements Session {
    @Override
    public void put(byte[] key, byte[] value) {
      db.put(key.clone(), value.clone(), writeOptions);
    }

    @Override
    public void delete(byte[] key) {
      db.delete(key.clone(), writeOptions);
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values, int count) {
      try (WriteBatch batch = db.createWriteBatch()) {
        for (int i = 0; i < count; i++) {
          batch.put(keys[i].clone(), values[i].clone());
        }
        db.write(batch, writeOptions);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    @Override
    public int get(byte[] key, byte[] buffer) {
      byte[] value = db.get(key);
      if (value == null) {
        return -1;
      }
      System.arraycopy(value, 0, buffer, 0, Math.min(value.length, buffer.length));
      return value.length;
    }

    @Override
    public Cursor cursor() {
      return new LeveldbCursor(db.iterator());
    }

    @Override
    public void close() {}
  }

  private static final class LeveldbCursor implements Cursor {
    private final DBIterator iterator;
    private Map.@Nullable Entry<byte[], byte[]> entry;

    LeveldbCursor(DBIterator iterator) {
      this.iterator = iterator;
    }

    private Map.Entry<byte[], byte[]> entry() {
      if (entry == null) {
        throw new IllegalStateException("the cursor stands nowhere");
      }
      return entry;
    }

    @Override
    public boolean first() {
      iterator.seekToFirst();
      return next();
    }

    @Override
    public boolean last() {
      throw new UnsupportedOperationException("the port of LevelDB does not go backwards");
    }

    @Override
    public boolean seek(byte[] key) {
      iterator.seek(key);
      return next();
    }

    @Override
    public boolean next() {
      if (!iterator.hasNext()) {
        return false;
      }
      entry = iterator.next();
      return true;
    }

    @Override
    public boolean previous() {
      throw new UnsupportedOperationException("the port of LevelDB does not go backwards");
    }

    @Override
    public int key(byte[] buffer) {
      byte[] key = entry().getKey();
      System.arraycopy(key, 0, buffer, 0, key.length);
      return key.length;
    }

    @Override
    public long sum() {
      return Sum.of(entry().getKey()) + Sum.of(entry().getValue());
    }

    @Override
    public void close() {
      try {
        iterator.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
