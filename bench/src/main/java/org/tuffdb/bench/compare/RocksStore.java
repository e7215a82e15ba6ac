package org.tuffdb.bench.compare;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.Filter;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.tuffdb.Compression;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Sum;

/// RocksDB, set up as TuffDB is by default: filters of 10 bits, on the last level alone the
/// compression of the settings, write buffers of 64 MiB; two jobs in the background, no limit on
/// open files. All the memory of the settings is for its block cache. Direct buffers, which its
/// Java API takes without a copy.
final class RocksStore implements Store {
  private static final int FILTER_BITS = 10;
  private static final long WRITE_BUFFER_BYTES = 64 << 20;
  private static final long POLL_NANOS = 5_000_000;

  /// How it differs from the common set-up.
  enum Variant {
    PLAIN,

    /// Overwrites old log files instead of making new ones.
    RECYCLE,

    /// Maps its tables and reads them there. So it needs no block cache, unless blocks are
    /// compressed.
    MMAP,

    /// Merges all into the last level when it settles.
    COMPACTED
  }

  /// What its API lets one do that reports failure in a checked way.
  @FunctionalInterface
  private interface Call<T> {
    T run() throws RocksDBException;
  }

  private final Cache cache;
  private final Filter filter = new BloomFilter(FILTER_BITS, false);
  private final Options options;
  private final WriteOptions writeOptions;
  private final ReadOptions readOptions = new ReadOptions();
  private final Variant variant;
  private final int valueBytes;
  private final RocksDB db;

  private RocksStore(Settings settings, Variant variant) throws RocksDBException {
    this.variant = variant;
    this.valueBytes = settings.valueBytes();
    this.cache = new LRUCache(settings.memoryBytes());
    this.writeOptions = new WriteOptions().setSync(settings.synced());
    this.options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxBackgroundJobs(2)
            .setMaxOpenFiles(-1)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setBottommostCompressionType(
                settings.compression() == Compression.LZ4
                    ? CompressionType.LZ4_COMPRESSION
                    : CompressionType.NO_COMPRESSION)
            .setAllowMmapReads(variant == Variant.MMAP)
            .setRecycleLogFileNum(variant == Variant.RECYCLE ? 4 : 0)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setNoBlockCache(
                        variant == Variant.MMAP && settings.compression() == Compression.NONE)
                    .setFilterPolicy(filter));
    this.db = RocksDB.open(options, settings.directory().toString());
  }

  static Store open(Settings settings, Variant variant) throws RocksDBException {
    return new RocksStore(settings, variant);
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.run();
    } catch (RocksDBException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Override
  public Session session() {
    return new RocksSession();
  }

  @Override
  public void settle() {
    try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      db.flush(flush);
      if (variant == Variant.COMPACTED) {
        db.compactRange();
      }
      while (db.getLongProperty("rocksdb.compaction-pending") > 0
          || db.getLongProperty("rocksdb.num-running-compactions") > 0
          || db.getLongProperty("rocksdb.num-running-flushes") > 0) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (RocksDBException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    db.close();
    readOptions.close();
    writeOptions.close();
    options.close();
    filter.close();
    cache.close();
  }

  private final class RocksSession implements Session {
    private final ByteBuffer directKey = ByteBuffer.allocateDirect(Peers.KEY_BYTES_MAX);
    private final ByteBuffer directValue = ByteBuffer.allocateDirect(valueBytes);
    private final WriteBatch batch = new WriteBatch();

    @Override
    public void put(byte[] key, byte[] value) {
      directKey.clear().put(key).flip();
      directValue.clear().put(value).flip();
      call(() -> {
        db.put(writeOptions, directKey, directValue);
        return directKey;
      });
    }

    @Override
    public void delete(byte[] key) {
      directKey.clear().put(key).flip();
      call(() -> {
        db.delete(writeOptions, directKey);
        return directKey;
      });
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values, int count) {
      try {
        batch.clear();
        for (int i = 0; i < count; i++) {
          directKey.clear().put(keys[i]).flip();
          directValue.clear().put(values[i]).flip();
          batch.put(directKey, directValue);
        }
        db.write(writeOptions, batch);
      } catch (RocksDBException failure) {
        throw new IllegalStateException(failure);
      }
    }

    @Override
    public int get(byte[] key, byte[] buffer) {
      directKey.clear().put(key).flip();
      directValue.clear();
      int length = call(() -> db.get(readOptions, directKey, directValue));
      if (length != RocksDB.NOT_FOUND) {
        directValue.get(0, buffer, 0, Math.min(length, buffer.length));
      }
      return length;
    }

    @Override
    public Cursor cursor() {
      return new RocksCursor(db.newIterator(readOptions), directKey, directValue);
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  private record RocksCursor(RocksIterator iterator, ByteBuffer directKey, ByteBuffer directValue)
      implements Cursor {

    @Override
    public boolean first() {
      iterator.seekToFirst();
      return iterator.isValid();
    }

    @Override
    public boolean last() {
      iterator.seekToLast();
      return iterator.isValid();
    }

    @Override
    public boolean seek(byte[] key) {
      directKey.clear().put(key).flip();
      iterator.seek(directKey);
      return iterator.isValid();
    }

    @Override
    public boolean next() {
      iterator.next();
      return iterator.isValid();
    }

    @Override
    public boolean previous() {
      iterator.prev();
      return iterator.isValid();
    }

    @Override
    public int key(byte[] buffer) {
      return iterator.key(buffer);
    }

    @Override
    public long sum() {
      iterator.key(directKey.clear());
      iterator.value(directValue.clear());
      return Sum.of(directKey) + Sum.of(directValue);
    }

    @Override
    public void close() {
      iterator.close();
    }
  }
}
