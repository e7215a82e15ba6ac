package org.tuffdb.version;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bytes of a manifest record: edits that take effect together.
///
/// ```
/// record:         edit*
/// NEXT_FILE       1 (1 byte) number (8)
/// LOG_ADDED       2 (1 byte) number (8)
/// LOG_ENDED       3 (1 byte) number (8) bytes (8)
/// LOG_DROPPED     4 (1 byte) number (8)
/// KEYSPACE_ADDED  5 (1 byte) id (4) name length (4) name (UTF-8)
/// ```
final class EditFormat {
  private static final byte NEXT_FILE = 1;
  private static final byte LOG_ADDED = 2;
  private static final byte LOG_ENDED = 3;
  private static final byte LOG_DROPPED = 4;
  private static final byte KEYSPACE_ADDED = 5;

  private EditFormat() {}

  static byte[] encode(List<Edit> edits) {
    int sizeBytes = edits.stream().mapToInt(EditFormat::sizeBytesMax).sum();
    ByteBuffer out = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Edit edit : edits) {
      switch (edit) {
        case Edit.NextFile(long number) -> out.put(NEXT_FILE).putLong(number);
        case Edit.LogAdded(long number) -> out.put(LOG_ADDED).putLong(number);
        case Edit.LogEnded(long number, long bytes) ->
            out.put(LOG_ENDED).putLong(number).putLong(bytes);
        case Edit.LogDropped(long number) -> out.put(LOG_DROPPED).putLong(number);
        case Edit.KeyspaceAdded(int id, String name) -> {
          byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
          out.put(KEYSPACE_ADDED).putInt(id).putInt(utf8.length).put(utf8);
        }
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static int sizeBytesMax(Edit edit) {
    return edit instanceof Edit.KeyspaceAdded added ? 9 + 3 * added.name().length() : 17;
  }

  /// The edits in `length` bytes from `offset` on.
  ///
  /// @throws IllegalArgumentException if the bytes are no edits; the message says what is wrong
  static List<Edit> decode(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    List<Edit> edits = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        edits.add(decode(in));
      }
    } catch (BufferUnderflowException early) {
      throw new IllegalArgumentException("an edit is cut short", early);
    }
    return edits;
  }

  private static Edit decode(ByteBuffer in) {
    byte tag = in.get();
    return switch (tag) {
      case NEXT_FILE -> new Edit.NextFile(in.getLong());
      case LOG_ADDED -> new Edit.LogAdded(in.getLong());
      case LOG_ENDED -> new Edit.LogEnded(in.getLong(), in.getLong());
      case LOG_DROPPED -> new Edit.LogDropped(in.getLong());
      case KEYSPACE_ADDED -> new Edit.KeyspaceAdded(in.getInt(), name(in));
      default -> throw new IllegalArgumentException("unknown edit " + tag);
    };
  }

  private static String name(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a name of " + length + " bytes is cut short");
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
