package org.tuffdb.workload;

/// In the place of a store where a workload needs none.
final class NoStore implements Store, Store.Session {
  private static UnsupportedOperationException none() {
    return new UnsupportedOperationException("there is no store");
  }

  @Override
  public Session session() {
    return this;
  }

  @Override
  public void settle() {}

  @Override
  public void put(byte[] key, byte[] value) {
    throw none();
  }

  @Override
  public void delete(byte[] key) {
    throw none();
  }

  @Override
  public void putAll(byte[][] keys, byte[][] values, int count) {
    throw none();
  }

  @Override
  public int get(byte[] key, byte[] buffer) {
    throw none();
  }

  @Override
  public Cursor cursor() {
    throw none();
  }

  @Override
  public void close() {}
}
