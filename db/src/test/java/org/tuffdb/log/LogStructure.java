package org.tuffdb.log;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.HeaderForge;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Parts;
import org.tuffdb.forge.Structure;

/// A file of a log, or a manifest, which is one: see [LogFormat].
public final class LogStructure implements Structure {
  private static final String PART = "record";

  /// Knows the numbers of a payload.
  public interface Payload {
    void addTo(Parts parts, byte[] file, int from, int length);
  }

  private final byte[] content;
  private final List<Integer> records = new ArrayList<>();
  private final Parts parts = new Parts();

  public LogStructure(byte[] content, Payload payload) {
    this.content = content;
    HeaderForge.addTo(parts);
    for (int at = LogFormat.FIRST_RECORD_AT; isRecord(at); at += recordBytes(at)) {
      records.add(at);
      addRecord(at);
      if (content[at + LogFormat.TYPE_AT] == LogFormat.DATA) {
        payload.addTo(parts, content, at + LogFormat.HEADER_BYTES, length(content, at));
      }
    }
  }

  private boolean isRecord(int at) {
    return at + LogFormat.HEADER_BYTES <= content.length
        && LittleEndian.getLong(content, at + LogFormat.POSITION_AT)
            == LogFormat.position(LittleEndian.getLong(content, 24), at)
        && LittleEndian.getInt(content, at + LogFormat.SALT_AT) == LittleEndian.getInt(content, 40);
  }

  private int recordBytes(int at) {
    return (int) LogFormat.recordBytes(length(content, at));
  }

  private static int length(byte[] file, int at) {
    return LittleEndian.getInt(file, at + LogFormat.LENGTH_AT);
  }

  private void addRecord(int at) {
    parts.add(PART, new Field("length", at + LogFormat.LENGTH_AT, 4));
    parts.add(PART, new Field("position", at + LogFormat.POSITION_AT, 8));
    parts.add(PART, new Field("synced", at + LogFormat.SYNCED_AT, 8));
    parts.add(PART, new Field("sequence", at + LogFormat.SEQUENCE_AT, 8));
    parts.add(PART, new Field("salt", at + LogFormat.SALT_AT, 4));
    parts.add(PART, new Field("type", at + LogFormat.TYPE_AT, 1));
    parts.add(PART, new Field("zero", at + LogFormat.TYPE_AT + 1, 3));
  }

  @Override
  public byte[] content() {
    return content;
  }

  @Override
  public NavigableMap<String, List<Field>> parts() {
    return parts.fields();
  }

  /// The last record comes first: one that is longer now covers those behind it.
  @Override
  public void seal(byte[] changed) {
    HeaderForge.seal(changed);
    for (int at : records.reversed()) {
      seal(changed, at);
    }
  }

  /// Makes the checksum of a record right, if it ends within the file.
  static void seal(byte[] file, int at) {
    int length = length(file, at);
    if (length >= 0 && length <= file.length - at - LogFormat.HEADER_BYTES) {
      int checked = LogFormat.HEADER_BYTES - LogFormat.LENGTH_AT + length;
      LittleEndian.putInt(file, at, new Checksum().of(file, at + LogFormat.LENGTH_AT, checked));
    }
  }

  @Override
  public byte[] rearranged(SplittableRandom random) {
    List<RecordPiece> pieces = new ArrayList<>();
    for (int at : records) {
      pieces.add(RecordPiece.of(content, at));
    }
    RecordPiece.rearrange(pieces, random);
    return RecordPiece.layOut(pieces, content);
  }
}
