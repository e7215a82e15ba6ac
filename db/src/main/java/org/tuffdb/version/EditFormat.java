package org.tuffdb.version;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tuffdb.table.TableInfo;

/// The bytes of a manifest record: edits that take effect together.
///
/// ```
/// record:         edit*
/// NEXT_FILE       1 (1 byte) number (8)
/// LOG_ADDED       2 (1 byte) number (8)
/// LOG_ENDED       3 (1 byte) number (8) bytes (8)
/// LOG_DROPPED     4 (1 byte) number (8)
/// KEYSPACE_ADDED   5 (1 byte) id (4) name length (4) name (UTF-8)
/// NEXT_KEYSPACE    6 (1 byte) id (4)
/// KEYSPACE_DROPPED 7 (1 byte) id (4)
/// REPLAY_FROM      8 (1 byte) sequence (8)
/// FLUSHED          9 (1 byte) keyspace (4) sequence (8)
/// TABLE_ADDED     10 (1 byte) keyspace (4) level (1) number (8) bytes (8)
///                             oldest sequence (8) newest sequence (8)
///                             entries (8) keys (8) deletes (8) range deletes (4) compressed (1)
///                             length (4) first key, length (4) limit
/// TABLE_REMOVED   11 (1 byte) keyspace (4) level (1) number (8)
/// ```
final class EditFormat {
  private static final byte NEXT_FILE = 1;
  private static final byte LOG_ADDED = 2;
  private static final byte LOG_ENDED = 3;
  private static final byte LOG_DROPPED = 4;
  private static final byte KEYSPACE_ADDED = 5;
  private static final byte NEXT_KEYSPACE = 6;
  private static final byte KEYSPACE_DROPPED = 7;
  private static final byte REPLAY_FROM = 8;
  private static final byte FLUSHED = 9;
  private static final byte TABLE_ADDED = 10;
  private static final byte TABLE_REMOVED = 11;

  /// What an edit takes beside its name or keys.
  private static final int FIXED_BYTES_MAX = 80;

  /// Small enough to encode and to read: a record may have much more.
  private static final int PART_BYTES_MAX = 16 << 20;

  private EditFormat() {}

  /// Cuts `edits`, which need not take effect together, into parts that fit into a record each.
  static List<List<Edit>> parts(List<Edit> edits) {
    List<List<Edit>> parts = new ArrayList<>();
    int begin = 0;
    long partBytes = 0;
    for (int i = 0; i < edits.size(); i++) {
      int bytes = sizeBytesMax(edits.get(i));
      if (partBytes + bytes > PART_BYTES_MAX && i > begin) {
        parts.add(edits.subList(begin, i));
        begin = i;
        partBytes = 0;
      }
      partBytes += bytes;
    }
    parts.add(edits.subList(begin, edits.size()));
    return parts;
  }

  static byte[] encode(List<Edit> edits) {
    int sizeBytes = 0;
    for (Edit edit : edits) {
      sizeBytes += sizeBytesMax(edit);
    }
    ByteBuffer out = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Edit edit : edits) {
      encode(edit, out);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void encode(Edit edit, ByteBuffer out) {
    switch (edit) {
      case Edit.NextFile(long number) -> out.put(NEXT_FILE).putLong(number);
      case Edit.NextKeyspace(int id) -> out.put(NEXT_KEYSPACE).putInt(id);
      case Edit.LogAdded(long number) -> out.put(LOG_ADDED).putLong(number);
      case Edit.LogEnded(long number, long bytes) ->
          out.put(LOG_ENDED).putLong(number).putLong(bytes);
      case Edit.LogDropped(long number) -> out.put(LOG_DROPPED).putLong(number);
      case Edit.ReplayFrom(long sequence) -> out.put(REPLAY_FROM).putLong(sequence);
      case Edit.KeyspaceAdded(int id, String name) ->
          putBytes(out.put(KEYSPACE_ADDED).putInt(id), name.getBytes(StandardCharsets.UTF_8));
      case Edit.KeyspaceDropped(int id) -> out.put(KEYSPACE_DROPPED).putInt(id);
      case Edit.Flushed(int id, long sequence) -> out.put(FLUSHED).putInt(id).putLong(sequence);
      case Edit.TableAdded(int id, int level, TableInfo table) ->
          putTable(out.put(TABLE_ADDED).putInt(id).put((byte) level), table);
      case Edit.TableRemoved(int id, int level, long number) ->
          out.put(TABLE_REMOVED).putInt(id).put((byte) level).putLong(number);
    }
  }

  private static void putTable(ByteBuffer out, TableInfo table) {
    out.putLong(table.number()).putLong(table.sizeBytes());
    out.putLong(table.oldestSequence()).putLong(table.newestSequence());
    out.putLong(table.entries()).putLong(table.keys()).putLong(table.deletes());
    out.putInt(table.rangeDeletes());
    out.put((byte) (table.isCompressed() ? 1 : 0));
    putBytes(out, table.first());
    putBytes(out, table.limit());
  }

  private static void putBytes(ByteBuffer out, byte[] bytes) {
    out.putInt(bytes.length).put(bytes);
  }

  private static int sizeBytesMax(Edit edit) {
    return switch (edit) {
      case Edit.KeyspaceAdded(int _, String name) -> FIXED_BYTES_MAX + 3 * name.length();
      case Edit.TableAdded(int _, int _, TableInfo table) ->
          FIXED_BYTES_MAX + table.first().length + table.limit().length;
      default -> FIXED_BYTES_MAX;
    };
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
      case NEXT_KEYSPACE -> new Edit.NextKeyspace(in.getInt());
      case KEYSPACE_DROPPED -> new Edit.KeyspaceDropped(in.getInt());
      case REPLAY_FROM -> new Edit.ReplayFrom(in.getLong());
      case FLUSHED -> new Edit.Flushed(in.getInt(), in.getLong());
      case TABLE_ADDED -> new Edit.TableAdded(in.getInt(), in.get(), table(in));
      case TABLE_REMOVED -> new Edit.TableRemoved(in.getInt(), in.get(), in.getLong());
      default -> throw new IllegalArgumentException("unknown edit " + tag);
    };
  }

  private static String name(ByteBuffer in) {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static TableInfo table(ByteBuffer in) {
    long number = in.getLong();
    long sizeBytes = in.getLong();
    long oldest = in.getLong();
    long newest = in.getLong();
    long entries = in.getLong();
    long keys = in.getLong();
    long deletes = in.getLong();
    int rangeDeletes = in.getInt();
    boolean compressed = in.get() != 0;
    return new TableInfo(
        number,
        sizeBytes,
        bytes(in),
        bytes(in),
        oldest,
        newest,
        entries,
        keys,
        deletes,
        rangeDeletes,
        compressed);
  }

  private static byte[] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a name or key of " + length + " bytes is cut short");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
