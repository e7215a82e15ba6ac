package org.tuffdb.workload;

/// Writes ahead of synced writes that are measured. A store that overwrites old log files instead
/// of making new ones has old ones only after some time, as a server has; a new store has none.
final class Logs {
  /// So often each log is filled and flushed: the first two come to be when there is none to reuse.
  private static final int FILLS = 4;

  /// Somewhat less than the write buffers of 64 MiB hold, with what they need for each entry.
  private static final double FILL_BYTES_MAX = 40 << 20;

  private static final int BATCH_ENTRIES = 1_000;

  private Logs() {}

  /// Puts entries behind those that are to be put, and has them leave the log, again and again. No
  /// log gets longer than those of the run can.
  static void renew(Store store, Entries entries) {
    double bytes = Math.min(FILL_BYTES_MAX, entries.count() * entries.entryBytes());
    int batches = Math.max(1, (int) (bytes / entries.entryBytes() / BATCH_ENTRIES));
    byte[][] keys = new byte[BATCH_ENTRIES][entries.keyBytesMax()];
    byte[][] values = new byte[BATCH_ENTRIES][entries.valueBytesMax()];
    long number = entries.count();
    for (int fill = 0; fill < FILLS; fill++) {
      try (Store.Session session = store.session()) {
        for (int batch = 0; batch < batches; batch++, number += BATCH_ENTRIES) {
          for (int i = 0; i < BATCH_ENTRIES; i++) {
            entries.key(number + i, keys[i]);
            entries.value(number + i, 0, values[i]);
          }
          session.putAll(keys, values, BATCH_ENTRIES);
        }
      }
      store.settle();
    }
  }
}
