package org.tuffdb.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fuzz.Target;

/// Reads the entries of a batch, and looks up keys below its range deletes.
public final class BatchTarget implements Target {
  private static final int KEYS_MAX = 64;

  private final BatchReader batch = new BatchReader();

  @Override
  public String name() {
    return "batch";
  }

  @Override
  public List<byte[]> seeds() {
    return BatchSamples.all();
  }

  @Override
  public boolean accepts(byte[] input) {
    List<RangeDelete> deletes = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    batch.open(input, 0, input.length);
    for (long sequence = 1; batch.next(); sequence++) {
      BatchSamples.requireWithin(batch, input.length);
      byte[] key = slice(batch.keyOffset(), batch.keyLength());
      if (batch.kind() == Kind.RANGE_DELETE) {
        deletes.add(
            new RangeDelete(key, slice(batch.valueOffset(), batch.valueLength()), sequence));
      } else if (keys.size() < KEYS_MAX) {
        keys.add(key);
      }
    }
    lookUp(deletes, keys);
    return batch.sound();
  }

  private byte[] slice(int from, int length) {
    return Arrays.copyOfRange(batch.bytes(), from, from + length);
  }

  /// As a memtable has them, one after the other, and as a table has them must be the same.
  private static void lookUp(List<RangeDelete> deletes, List<byte[]> keys) {
    RangeDeletes grown = RangeDeletes.NONE;
    for (RangeDelete delete : deletes) {
      grown = grown.with(delete);
    }
    RangeDeletes whole = RangeDeletes.of(deletes);
    for (byte[] key : keys) {
      long newest = grown.newest(key, Long.MAX_VALUE);
      if (newest != whole.newest(key, Long.MAX_VALUE)) {
        throw new AssertionError("range deletes contradict each other: " + newest);
      }
    }
  }
}
