package org.tuffdb.entry;

import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.bytes.Varint;

/// The bytes of a batch: what a log record carries, and what [BatchReader] reads.
///
/// ```
/// batch:    count (4 bytes) item*
/// item:     entry, or the choice of a keyspace for the entries behind it
/// entry:    kind (1 byte) key length (varint) value length (varint) key value
/// keyspace: KEYSPACE (1 byte) id (4 bytes)
/// ```
///
/// The count is that of the entries. Entries belong to keyspace 0 until another one is chosen. Each
/// entry takes one sequence number, in order. The key of a range delete is where the range begins,
/// which may be empty, and its value the limit that all keys of it lie below, an empty one being
/// the end of all keys.
public final class BatchFormat {
  public static final int HEADER_BYTES = 4;
  public static final int KEYSPACE_BYTES = 1 + 4;

  public static final int KEY_BYTES_MAX = 64 << 10;
  public static final int VALUE_BYTES_MAX = 256 << 20;

  /// The limit of a range may be one byte longer than a key, which makes it the successor of one.
  public static final int LIMIT_BYTES_MAX = KEY_BYTES_MAX + 1;

  public static final int BATCH_BYTES_MAX = 512 << 20;

  /// Stands where the kind of an entry would, and lies outside the numbers of [Kind].
  static final byte KEYSPACE = 0x40;

  private BatchFormat() {}

  /// How many bytes an entry takes at most.
  public static int entryBytesMax(int keyLength, int valueLength) {
    return 1 + 2 * Varint.BYTES_MAX + keyLength + valueLength;
  }

  public static void putCount(byte[] batch, int count) {
    LittleEndian.putInt(batch, 0, count);
  }

  /// Writes the choice of a keyspace at `at` and returns the offset behind it.
  public static int putKeyspace(byte[] batch, int at, int keyspaceId) {
    batch[at] = KEYSPACE;
    LittleEndian.putInt(batch, at + 1, keyspaceId);
    return at + KEYSPACE_BYTES;
  }

  /// Writes an entry at `at` and returns the offset behind it.
  public static int putEntry(byte[] batch, int at, byte kind, byte[] key, byte[] value) {
    batch[at] = kind;
    int keyAt = Varint.put(batch, Varint.put(batch, at + 1, key.length), value.length);
    System.arraycopy(key, 0, batch, keyAt, key.length);
    System.arraycopy(value, 0, batch, keyAt + key.length, value.length);
    return keyAt + key.length + value.length;
  }
}
