package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import java.util.function.Consumer;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.Sum;

/// Xodus: a transaction for each write, and one for each get or cursor; keys with common prefixes
/// are stored once, as it is built for. Its cache is in the heap: three quarters of that, and no
/// more than the memory of the settings.
final class XodusStore implements Store {
  private static final String NAME = "entries";

  private final Environment environment;
  private final jetbrains.exodus.env.Store entries;

  private XodusStore(Environment environment) {
    this.environment = environment;
    this.entries =
        environment.computeInTransaction(transaction ->
            environment.openStore(
                NAME, StoreConfig.WITHOUT_DUPLICATES_WITH_PREFIXING, transaction));
  }

  static Store open(Settings settings) throws IOException {
    Files.createDirectories(settings.directory());
    EnvironmentConfig config = new EnvironmentConfig();
    config
        .setMemoryUsage(Math.min(settings.memoryBytes(), Runtime.getRuntime().maxMemory() * 3 / 4))
        .setLogDurableWrite(settings.synced())
        .setEnvGatherStatistics(false);
    return new XodusStore(Environments.newInstance(settings.directory().toFile(), config));
  }

  private static ByteIterable iterable(byte[] bytes) {
    return new ArrayByteIterable(bytes);
  }

  @Override
  public Session session() {
    return new XodusSession();
  }

  /// Its collector goes on as it likes.
  @Override
  public void settle() {}

  @Override
  public void close() {
    environment.close();
  }

  private void write(Consumer<Transaction> change) {
    environment.executeInExclusiveTransaction(change::accept);
  }

  private final class XodusSession implements Session {
    @Override
    public void put(byte[] key, byte[] value) {
      write(writing -> entries.put(writing, iterable(key.clone()), iterable(value.clone())));
    }

    @Override
    public void delete(byte[] key) {
      write(writing -> entries.delete(writing, iterable(key.clone())));
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values, int count) {
      write(writing -> {
        for (int i = 0; i < count; i++) {
          entries.put(writing, iterable(keys[i].clone()), iterable(values[i].clone()));
        }
      });
    }

    @Override
    public int get(byte[] key, byte[] buffer) {
      Transaction reading = environment.beginReadonlyTransaction();
      try {
        ByteIterable value = entries.get(reading, iterable(key));
        if (value == null) {
          return -1;
        }
        int length = value.getLength();
        System.arraycopy(value.getBytesUnsafe(), 0, buffer, 0, Math.min(length, buffer.length));
        return length;
      } finally {
        reading.abort();
      }
    }

    @Override
    public Cursor cursor() {
      Transaction reading = environment.beginReadonlyTransaction();
      return new XodusCursor(reading, entries.openCursor(reading));
    }

    @Override
    public void close() {}
  }

  private record XodusCursor(Transaction reading, jetbrains.exodus.env.Cursor cursor)
      implements Cursor {

    @Override
    public boolean first() {
      return cursor.getNext();
    }

    @Override
    public boolean last() {
      return cursor.getLast();
    }

    @Override
    public boolean seek(byte[] key) {
      return cursor.getSearchKeyRange(iterable(key)) != null;
    }

    @Override
    public boolean next() {
      return cursor.getNext();
    }

    @Override
    public boolean previous() {
      return cursor.getPrev();
    }

    @Override
    public int key(byte[] buffer) {
      ByteIterable key = cursor.getKey();
      System.arraycopy(key.getBytesUnsafe(), 0, buffer, 0, key.getLength());
      return key.getLength();
    }

    @Override
    public long sum() {
      return sum(cursor.getKey()) + sum(cursor.getValue());
    }

    private static long sum(ByteIterable bytes) {
      return Sum.of(Objects.requireNonNull(bytes).getBytesUnsafe(), bytes.getLength());
    }

    @Override
    public void close() {
      cursor.close();
      reading.abort();
    }
  }
}
