package org.tuffdb.entry;

import org.tuffdb.bytes.Varint;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Parts;

/// The numbers of a sound batch: see [BatchFormat].
public final class BatchFields {
  private static final String PART = "batch";

  private BatchFields() {}

  public static void addTo(Parts parts, byte[] file, int from, int length) {
    parts.add(PART, new Field("count", from, 4));
    int end = from + length;
    for (int at = from + BatchFormat.HEADER_BYTES; at < end; ) {
      parts.add(PART, new Field("kind", at, 1));
      at =
          file[at] == BatchFormat.KEYSPACE
              ? keyspace(parts, at + 1)
              : entry(parts, file, at + 1, end);
    }
  }

  private static int keyspace(Parts parts, int idAt) {
    parts.add(PART, new Field("keyspace", idAt, 4));
    return idAt + 4;
  }

  private static int entry(Parts parts, byte[] file, int keyLengthAt, int end) {
    int keyLength = Varint.get(file, keyLengthAt, end);
    int valueLengthAt = keyLengthAt + Varint.sizeBytes(keyLength);
    int valueLength = Varint.get(file, valueLengthAt, end);
    int keyAt = valueLengthAt + Varint.sizeBytes(valueLength);
    parts.addAll(PART, "key length", keyLengthAt, 1, valueLengthAt - keyLengthAt);
    parts.addAll(PART, "value length", valueLengthAt, 1, keyAt - valueLengthAt);
    parts.addAll(PART, "first byte", keyAt, 1, Math.min(1, keyLength + valueLength));
    return keyAt + keyLength + valueLength;
  }
}
