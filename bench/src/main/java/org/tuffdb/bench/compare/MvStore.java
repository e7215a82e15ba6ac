package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Sum;

/// The store of H2: not compressed, written in the background about once a second, or when 64 MiB
/// have changed, as the write buffers of the others are. So its buffered writes do not survive the
/// end of the process, as those of the other stores do.
final class MvStore implements Store {
  private static final int WRITE_BUFFER_KIB = 64 << 10;
  private static final int COMPACTION_MILLIS_MAX = 10_000;

  private final MVStore store;
  private final MVMap<byte[], byte[]> map;
  private final boolean synced;

  private MvStore(MVStore store, boolean synced) {
    this.store = store;
    this.map =
        store.openMap(
            "entries",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
    this.synced = synced;
  }

  static Store open(Settings settings) throws IOException {
    Files.createDirectories(settings.directory());
    MVStore.Builder builder =
        new MVStore.Builder()
            .fileName(settings.directory().resolve("store.mv").toString())
            .autoCommitBufferSize(WRITE_BUFFER_KIB)
            .cacheSize((int) (settings.memoryBytes() >> 20));
    return new MvStore(builder.open(), settings.synced());
  }

  @Override
  public Session session() {
    return new MvSession();
  }

  /// Gives back the room of what was overwritten, as far as that takes no longer than some seconds.
  @Override
  public void settle() {
    store.commit();
    store.compactFile(COMPACTION_MILLIS_MAX);
  }

  @Override
  public void close() {
    store.close();
  }

  private void commitIfSynced() {
    if (synced) {
      store.commit();
      store.sync();
    }
  }

  private final class MvSession implements Session {
    @Override
    public void put(byte[] key, byte[] value) {
      map.put(key.clone(), value.clone());
      commitIfSynced();
    }

    @Override
    public void delete(byte[] key) {
      map.remove(key);
      commitIfSynced();
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values, int count) {
      for (int i = 0; i < count; i++) {
        map.put(keys[i].clone(), values[i].clone());
      }
      commitIfSynced();
    }

    @Override
    public int get(byte[] key, byte[] buffer) {
      byte[] value = map.get(key);
      if (value == null) {
        return -1;
      }
      System.arraycopy(value, 0, buffer, 0, Math.min(value.length, buffer.length));
      return value.length;
    }

    @Override
    public Cursor cursor() {
      return new MvCursor(map);
    }

    @Override
    public void close() {}
  }

  private static final class MvCursor implements Cursor {
    private final MVMap<byte[], byte[]> map;
    private org.h2.mvstore.@Nullable Cursor<byte[], byte[]> cursor;

    MvCursor(MVMap<byte[], byte[]> map) {
      this.map = map;
    }

    private org.h2.mvstore.Cursor<byte[], byte[]> open() {
      if (cursor == null) {
        throw new IllegalStateException("the cursor stands nowhere");
      }
      return cursor;
    }

    @Override
    public boolean first() {
      cursor = map.cursor(null);
      return next();
    }

    @Override
    public boolean last() {
      cursor = map.cursor(null, null, true);
      return next();
    }

    @Override
    public boolean seek(byte[] key) {
      cursor = map.cursor(key);
      return next();
    }

    @Override
    public boolean next() {
      if (!open().hasNext()) {
        return false;
      }
      open().next();
      return true;
    }

    /// The direction is that of the cursor.
    @Override
    public boolean previous() {
      return next();
    }

    @Override
    public int key(byte[] buffer) {
      byte[] key = open().getKey();
      System.arraycopy(key, 0, buffer, 0, key.length);
      return key.length;
    }

    @Override
    public long sum() {
      return Sum.of(open().getKey()) + Sum.of(open().getValue());
    }

    @Override
    public void close() {}
  }
}
