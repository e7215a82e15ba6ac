package org.tuffdb.workload;

/// A store under test, with just the operations that are measured. Each kind of store has an
/// adapter that uses it as its own documentation says is fast.
///
/// Writes are buffered, unless [Settings#synced()] says otherwise: what was written survives the
/// end of the process, as far as the store offers that without a sync.
public interface Store extends AutoCloseable {
  /// How a kind of store is opened.
  @FunctionalInterface
  interface Opener {
    Store open(Settings settings) throws Exception;
  }

  /// What one thread uses of the store: it may keep buffers and transactions from call to call.
  interface Session extends AutoCloseable {
    /// Sets `key` to `value`; both may be changed by the caller afterwards.
    void put(byte[] key, byte[] value);

    void delete(byte[] key);

    /// Sets the first `count` keys together.
    void putAll(byte[][] keys, byte[][] values, int count);

    /// Copies the value of `key` into `buffer`, and returns its length; -1 if there is none.
    int get(byte[] key, byte[] buffer);

    /// A cursor that sees what is there now. One may be open at a time.
    Cursor cursor();

    @Override
    void close();
  }

  /// Walks over the keys. The methods that move return whether it stands on a key afterwards. After
  /// [#last()] only [#previous()] is called, and after the others only [#next()].
  interface Cursor extends AutoCloseable {
    boolean first();

    boolean last();

    /// Goes to `key`, or to the first one behind it.
    boolean seek(byte[] key);

    boolean next();

    boolean previous();

    /// Copies the key it stands on into `buffer`, and returns its length.
    int key(byte[] buffer);

    /// The sums of [Sum] for the key and the value it stands on, read where the store has them.
    long sum();

    @Override
    void close();
  }

  Session session();

  /// Does the work that is due in the background, or waits for it, as far as the store can.
  void settle();

  @Override
  void close();
}
