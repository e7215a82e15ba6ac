package org.tuffdb.workload;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// What a scan adds up of each key and each value: the length, the first byte and the last one,
/// which count as positive, lest a sum of what is there be 0. It has to reach the bytes for it,
/// without a copy where the store can do without, and shows whether all were seen.
public final class Sum {
  private Sum() {}

  public static long of(byte[] bytes) {
    return of(bytes, bytes.length);
  }

  public static long of(byte[] bytes, int length) {
    return length == 0 ? 0 : length + (bytes[0] & 0xff) + (bytes[length - 1] & 0xff);
  }

  /// Of what is between position and limit.
  public static long of(ByteBuffer bytes) {
    int length = bytes.remaining();
    return length == 0
        ? 0
        : length
            + (bytes.get(bytes.position()) & 0xff)
            + (bytes.get(bytes.position() + length - 1) & 0xff);
  }

  public static long of(MemorySegment bytes) {
    long length = bytes.byteSize();
    return length == 0
        ? 0
        : length
            + (bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xff)
            + (bytes.get(ValueLayout.JAVA_BYTE, length - 1) & 0xff);
  }
}
