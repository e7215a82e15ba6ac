package org.tuffdb.entry;

import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.bytes.Varint;

/// Reads the entries of a batch one after another, and believes nothing that it has not checked:
/// after [#next()] returned true the offsets lie within the batch and the lengths within their
/// limits.
public final class BatchReader {
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int left;
  private boolean sound;

  private int keyspaceId;
  private byte kind;
  private int keyOffset;
  private int keyLength;
  private int valueLength;

  /// Begins with the batch in `length` bytes from `offset` on.
  public void open(byte[] batch, int offset, int length) {
    bytes = batch;
    at = offset + BatchFormat.HEADER_BYTES;
    end = offset + length;
    keyspaceId = 0;
    sound = length >= BatchFormat.HEADER_BYTES;
    left = sound ? LittleEndian.getInt(batch, offset) : 0;
    sound &= left >= 0;
  }

  /// Goes to the next entry; false at the end of the batch, or where it is malformed: see
  /// [#sound()].
  public boolean next() {
    while (sound && at < end) {
      byte tag = bytes[at];
      if (tag != BatchFormat.KEYSPACE) {
        sound = readEntry(tag);
        return sound;
      }
      sound = readKeyspace();
    }
    sound &= left == 0;
    return false;
  }

  private boolean readKeyspace() {
    if (end - at < BatchFormat.KEYSPACE_BYTES) {
      return false;
    }
    keyspaceId = LittleEndian.getInt(bytes, at + 1);
    at += BatchFormat.KEYSPACE_BYTES;
    return keyspaceId >= 0;
  }

  private boolean readEntry(byte entryKind) {
    kind = entryKind;
    keyLength = Varint.get(bytes, at + 1, end);
    if (kind < Kind.PUT || kind > Kind.RANGE_DELETE || left-- == 0) {
      return false;
    }
    if (keyLength < (kind == Kind.RANGE_DELETE ? 0 : 1)) {
      return false;
    }
    int valueLengthAt = at + 1 + Varint.sizeBytes(keyLength);
    valueLength = Varint.get(bytes, valueLengthAt, end);
    if (valueLength < 0 || (kind == Kind.DELETE && valueLength > 0)) {
      return false;
    }
    keyOffset = valueLengthAt + Varint.sizeBytes(valueLength);
    at = keyOffset + keyLength + valueLength;
    return keyLength <= BatchFormat.KEY_BYTES_MAX
        && valueLength
            <= (kind == Kind.RANGE_DELETE
                ? BatchFormat.LIMIT_BYTES_MAX
                : BatchFormat.VALUE_BYTES_MAX)
        && at <= end;
  }

  /// Whether all that was read so far is well-formed; after the last entry, whether the batch is.
  public boolean sound() {
    return sound;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int keyspaceId() {
    return keyspaceId;
  }

  /// One of [Kind].
  public byte kind() {
    return kind;
  }

  public int keyOffset() {
    return keyOffset;
  }

  public int keyLength() {
    return keyLength;
  }

  public int valueOffset() {
    return keyOffset + keyLength;
  }

  public int valueLength() {
    return valueLength;
  }
}
