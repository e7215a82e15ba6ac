package org.tuffdb.bench.compare;

import static java.nio.ByteBuffer.allocateDirect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
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

/// LMDB: one transaction a write, without syncing unless that is asked for, and not through its
/// map, where a stray pointer could harm the file. A reader renews one transaction, and reads in
/// the map. It has no memory of its own: the page cache serves it. Where that is short, it is told
/// not to read ahead, as its documentation advises.
final class LmdbStore implements Store {
  private static final long MAP_BYTES = 64L << 30;
  private static final int READERS_MAX = 256;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> entries;
  private final int valueBytes;

  private LmdbStore(Env<ByteBuffer> env, int valueBytes) {
    this.env = env;
    this.entries = env.openDbi((String) null, DbiFlags.MDB_CREATE);
    this.valueBytes = valueBytes;
  }

  static Store open(Settings settings) throws IOException {
    Files.createDirectories(settings.directory());
    List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NOTLS));
    if (!settings.synced()) {
      flags.add(EnvFlags.MDB_NOSYNC);
    }
    if (isShortOfMemory(settings)) {
      flags.add(EnvFlags.MDB_NORDAHEAD);
    }
    return new LmdbStore(
        Env.create()
            .setMapSize(MAP_BYTES)
            .setMaxReaders(READERS_MAX)
            .open(settings.directory().toFile(), flags.toArray(EnvFlags[]::new)),
        settings.valueBytes());
  }

  private static boolean isShortOfMemory(Settings settings) {
    return settings.directory().resolve("data.mdb").toFile().length() > settings.memoryBytes();
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
    env.close();
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
