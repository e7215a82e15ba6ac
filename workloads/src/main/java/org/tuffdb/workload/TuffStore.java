package org.tuffdb.workload;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.Options;

/// TuffDB with its defaults, but as much memory and the compression that the settings say.
public final class TuffStore implements Store {
  private final Db db;
  private final Durability durability;

  private TuffStore(Db db, Durability durability) {
    this.db = db;
    this.durability = durability;
  }

  public static Store open(Settings settings) {
    Options options =
        Options.builder()
            .memory(settings.memoryBytes())
            .lastLevelCompression(settings.compression())
            .build();
    return new TuffStore(
        Db.builder(settings.directory()).options(options).open(),
        settings.synced() ? Durability.SYNC : Durability.BUFFERED);
  }

  @Override
  public Session session() {
    return new TuffSession();
  }

  @Override
  public void settle() {
    db.settle();
  }

  @Override
  public void close() {
    db.close();
  }

  private final class TuffSession implements Session {
    private final Batch batch = new Batch();

    @Override
    public void put(byte[] key, byte[] value) {
      db.put(key, value, durability);
    }

    @Override
    public void delete(byte[] key) {
      db.delete(key, durability);
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values, int count) {
      batch.clear();
      for (int i = 0; i < count; i++) {
        batch.put(keys[i], values[i]);
      }
      db.write(batch, durability);
    }

    @Override
    public int get(byte[] key, byte[] buffer) {
      return db.get(key, buffer);
    }

    @Override
    public Cursor cursor() {
      return new TuffCursor(db.scan(KeyRange.all()));
    }

    @Override
    public void close() {}
  }

  private static final class TuffCursor implements Cursor {
    private final org.tuffdb.Cursor cursor;

    TuffCursor(org.tuffdb.Cursor cursor) {
      this.cursor = cursor;
    }

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
      return cursor.seek(key);
    }

    @Override
    public boolean next() {
      return cursor.next();
    }

    @Override
    public boolean previous() {
      return cursor.previous();
    }

    @Override
    public int key(byte[] buffer) {
      MemorySegment key = cursor.keySegment();
      int length = (int) key.byteSize();
      MemorySegment.copy(key, ValueLayout.JAVA_BYTE, 0, buffer, 0, length);
      return length;
    }

    @Override
    public long sum() {
      return Sum.of(cursor.keySegment()) + Sum.of(cursor.valueSegment());
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
