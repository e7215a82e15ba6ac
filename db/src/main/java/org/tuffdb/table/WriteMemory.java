package org.tuffdb.table;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/// What a table is gathered in while it is written. It is kept from one table to the next, for it
/// would be megabytes of garbage for each: as much as the table itself, where that is small.
final class WriteMemory {
  /// A flush and a merge run beside each other.
  private static final int SPARES_MAX = 2;

  private static final Queue<WriteMemory> SPARES = new ArrayBlockingQueue<>(SPARES_MAX);

  /// Small tables are written with less memory.
  private static final int OUTPUT_BYTES_FIRST = 16 << 10;

  private static final int HASHES_FIRST = 1 << 10;
  private static final int HASHES_KEPT_MAX = 1 << 19;

  /// The bytes that are to be written next.
  byte[] output = new byte[OUTPUT_BYTES_FIRST];

  /// The hashes of the keys.
  long[] hashes = new long[HASHES_FIRST];

  private WriteMemory() {}

  static WriteMemory take() {
    WriteMemory spare = SPARES.poll();
    return spare == null ? new WriteMemory() : spare;
  }

  /// Gives the memory to the next writer. The caller must not touch it any more.
  void release() {
    if (hashes.length > HASHES_KEPT_MAX) {
      hashes = new long[HASHES_FIRST];
    }
    // A third one is garbage.
    boolean ignored = SPARES.offer(this);
  }
}
