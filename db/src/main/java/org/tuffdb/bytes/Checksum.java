package org.tuffdb.bytes;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The checksum of every byte that a store writes: CRC-32C (RFC 3720, appendix B.4), which the JDK
/// computes with the processor's own instruction. One thread uses an instance at a time.
public final class Checksum {
  private final CRC32C crc = new CRC32C();

  public int of(byte[] bytes, int offset, int length) {
    crc.reset();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /// The checksum of two ranges as if they stood one behind the other.
  public int of(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {
    crc.reset();
    crc.update(a, aOffset, aLength);
    crc.update(b, bOffset, bLength);
    return (int) crc.getValue();
  }

  /// Begins the checksum of ranges that stand one behind the other, each given to [#add].
  public void begin() {
    crc.reset();
  }

  public void add(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
  }

  /// Adds what remains in the buffer, which must not lie in a mapped file: the processor's
  /// instruction has no answer to a page that cannot be read, and the JVM would end.
  public void add(ByteBuffer bytes) {
    crc.update(bytes);
  }

  /// The checksum of what was added since [#begin()].
  public int value() {
    return (int) crc.getValue();
  }
}
