package org.tuffdb.log;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.forge.Forgery;

/// What a record of a log holds, wherever it stands.
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record RecordPiece(byte type, long synced, long sequence, byte[] payload) {
  static RecordPiece of(byte[] file, int at) {
    int from = at + LogFormat.HEADER_BYTES;
    int length = LittleEndian.getInt(file, at + LogFormat.LENGTH_AT);
    return new RecordPiece(
        file[at + LogFormat.TYPE_AT],
        LittleEndian.getLong(file, at + LogFormat.SYNCED_AT),
        LittleEndian.getLong(file, at + LogFormat.SEQUENCE_AT),
        Arrays.copyOfRange(file, from, from + length));
  }

  private RecordPiece withType(int newType) {
    return new RecordPiece((byte) newType, synced, sequence, payload);
  }

  private RecordPiece withSequence(long newSequence) {
    return new RecordPiece(type, synced, newSequence, payload);
  }

  private RecordPiece withPayload(byte[] newPayload) {
    return new RecordPiece(type, synced, sequence, newPayload);
  }

  /// Changes a sound sequence of records in one way. Half of the time, the sequences of their
  /// entries go on without a gap all the same.
  static void rearrange(List<RecordPiece> pieces, SplittableRandom random) {
    if (pieces.isEmpty()) {
      pieces.add(new RecordPiece((byte) random.nextInt(6), 0, 1, new byte[random.nextInt(9)]));
    }
    int i = random.nextInt(pieces.size());
    RecordPiece piece = pieces.get(i);
    switch (random.nextInt(7)) {
      case 0 -> pieces.remove(i);
      case 1 -> pieces.add(random.nextInt(pieces.size() + 1), piece);
      case 2 -> Collections.swap(pieces, i, random.nextInt(pieces.size()));
      case 3 -> pieces.set(i, piece.withType(random.nextInt(6)));
      case 4 -> pieces.set(i, piece.cut(random));
      case 5 -> pieces.set(i, piece.withPayload(Forgery.pick(pieces, random).payload));
      default -> pieces.set(i, piece.stretched(random));
    }
    if (random.nextBoolean()) {
      renumber(pieces);
    }
  }

  private RecordPiece cut(SplittableRandom random) {
    return withPayload(Arrays.copyOf(payload, random.nextInt(payload.length + 1)));
  }

  /// With some bytes twice.
  private RecordPiece stretched(SplittableRandom random) {
    int from = random.nextInt(payload.length + 1);
    int twice = random.nextInt(payload.length - from + 1);
    byte[] longer = Arrays.copyOf(payload, payload.length + twice);
    System.arraycopy(payload, from, longer, from + twice, payload.length - from);
    return withPayload(longer);
  }

  /// Those of a manifest are all 0.
  private static void renumber(List<RecordPiece> pieces) {
    long next = 0;
    for (int i = 0; i < pieces.size(); i++) {
      RecordPiece piece = pieces.get(i);
      if (piece.type == LogFormat.DATA && piece.sequence > 0) {
        next = next == 0 ? piece.sequence : next;
        pieces.set(i, piece.withSequence(next));
        next += piece.payload.length < 4 ? 0 : LittleEndian.getInt(piece.payload, 0);
      }
    }
  }

  /// The records one behind the other, in a file like `model`, and not shorter.
  static byte[] layOut(List<RecordPiece> pieces, byte[] model) {
    long end = LogFormat.FIRST_RECORD_AT;
    for (RecordPiece piece : pieces) {
      end += LogFormat.recordBytes(piece.payload.length);
    }
    byte[] file = new byte[(int) Math.max(end, model.length)];
    System.arraycopy(model, 0, file, 0, LogFormat.FIRST_RECORD_AT);
    int at = LogFormat.FIRST_RECORD_AT;
    for (RecordPiece piece : pieces) {
      piece.write(file, at);
      at += (int) LogFormat.recordBytes(piece.payload.length);
    }
    return file;
  }

  private void write(byte[] file, int at) {
    long number = LittleEndian.getLong(file, 24);
    LittleEndian.putInt(file, at + LogFormat.LENGTH_AT, payload.length);
    LittleEndian.putLong(file, at + LogFormat.POSITION_AT, LogFormat.position(number, at));
    LittleEndian.putLong(file, at + LogFormat.SYNCED_AT, synced);
    LittleEndian.putLong(file, at + LogFormat.SEQUENCE_AT, sequence);
    LittleEndian.putInt(file, at + LogFormat.SALT_AT, LittleEndian.getInt(file, 40));
    file[at + LogFormat.TYPE_AT] = type;
    System.arraycopy(payload, 0, file, at + LogFormat.HEADER_BYTES, payload.length);
    LogStructure.seal(file, at);
  }
}
