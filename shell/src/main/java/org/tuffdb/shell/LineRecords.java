package org.tuffdb.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Each line is a key, its value is empty. Empty lines are passed over.
final class LineRecords implements RecordReader {
  private static final byte[] NOTHING = new byte[0];

  private final Lines lines;
  private final boolean literal;
  private byte[] key = NOTHING;

  LineRecords(Lines lines, boolean literal) {
    this.lines = lines;
    this.literal = literal;
  }

  @Override
  public boolean next() throws IOException, BadRecordException {
    do {
      if (!lines.next()) {
        return false;
      }
    } while (lines.length() == 0);
    byte[] line = Arrays.copyOfRange(lines.buffer(), lines.from(), lines.from() + lines.length());
    key = literal || !isHex(line) ? line : parse(line);
    return true;
  }

  private static boolean isHex(byte[] line) {
    return line.length >= 2 && line[0] == '0' && line[1] == 'x';
  }

  private byte[] parse(byte[] hex) throws BadRecordException {
    try {
      return Text.parse(new String(hex, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException wrong) {
      throw new BadRecordException(lines.number(), wrong.getMessage());
    }
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public byte[] value() {
    return NOTHING;
  }

  @Override
  public long line() {
    return lines.number();
  }
}
