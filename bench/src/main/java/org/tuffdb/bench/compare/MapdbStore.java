package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;
import org.mapdb.serializer.SerializerByteArray;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Sum;

/// The B-tree of MapDB in a mapped file, without a count of its entries. With a log only where
/// writes are synced: without one nothing survives a process that does not close the store.
final class MapdbStore implements Store {
  private static final int NODE_ENTRIES = 32;

  private final DB db;
  private final BTreeMap<byte[], byte[]> map;
  private final boolean synced;

  private MapdbStore(DB db, boolean synced) {
    this.db = db;
    this.map =
        db.treeMap("entries", new SerializerByteArray(), Serializer.BYTE_ARRAY)
            .maxNodeSize(NODE_ENTRIES)
            .createOrOpen();
    this.synced = synced;
  }

  static Store open(Settings settings) throws IOException {
    Path directory = Files.createDirectories(settings.directory());
    DBMaker.Maker maker = DBMaker.fileDB(directory.resolve("store.db").toFile());
    maker.fileMmapEnable().fileMmapPreclearDisable();
    if (settings.synced()) {
      maker.transactionEnable();
    }
    return new MapdbStore(maker.make(), settings.synced());
  }

  @Override
  public Session session() {
    return new MapdbSession();
  }

  @Override
  public void settle() {
    db.commit();
  }

  @Override
  public void close() {
    db.close();
  }

  private void commitIfSynced() {
    if (synced) {
      db.commit();
    }
  }

  private final class MapdbSession implements Session {
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
      return new MapdbCursor(map);
    }

    @Override
    public void close() {}
  }

  /// An iterator in one direction, as in the store of H2.
  private static final class MapdbCursor implements Cursor {
    private final BTreeMap<byte[], byte[]> map;
    private @Nullable Iterator<Map.Entry<byte[], byte[]>> iterator;
    private Map.@Nullable Entry<byte[], byte[]> entry;

    MapdbCursor(BTreeMap<byte[], byte[]> map) {
      this.map = map;
    }

    private Map.Entry<byte[], byte[]> entry() {
      if (entry == null) {
        throw new IllegalStateException("the cursor stands nowhere");
      }
      return entry;
    }

    @Override
    public boolean first() {
      iterator = map.entryIterator();
      return next();
    }

    @Override
    public boolean last() {
      iterator = map.descendingEntryIterator();
      return next();
    }

    @Override
    public boolean seek(byte[] key) {
      iterator = map.entryIterator(key, true, null, false);
      return next();
    }

    @Override
    public boolean next() {
      if (iterator == null || !iterator.hasNext()) {
        return false;
      }
      entry = iterator.next();
      return true;
    }

    /// The direction is that of the iterator.
    @Override
    public boolean previous() {
      return next();
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
    public void close() {}
  }
}
