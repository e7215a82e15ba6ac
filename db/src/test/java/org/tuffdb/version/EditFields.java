package org.tuffdb.version;

import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Parts;

/// The numbers of the edits in a sound manifest record: see [EditFormat].
public final class EditFields {
  /// What follows each tag: `1`, `4` and `8` for numbers of so many bytes, `s` for a length of 4
  /// bytes and so much text.
  private static final String[] SHAPES = {
    "", "8", "8", "88", "8", "4s", "4", "4", "8", "48", "41888888841ss", "418"
  };

  private EditFields() {}

  public static void addTo(Parts parts, byte[] file, int from, int length) {
    for (int at = from; at < from + length; ) {
      int tag = file[at];
      String part = "edit " + tag;
      parts.add(part, new Field("tag", at, 1));
      at++;
      for (int i = 0; i < SHAPES[tag].length(); i++) {
        at = field(parts, part, "number " + (i + 1), SHAPES[tag].charAt(i), file, at);
      }
    }
  }

  private static int field(Parts parts, String part, String name, char shape, byte[] file, int at) {
    int bytes = shape == 's' ? 4 : shape - '0';
    parts.add(part, new Field(name, at, bytes));
    int textAt = at + bytes;
    if (shape != 's') {
      return textAt;
    }
    int length = LittleEndian.getInt(file, at);
    parts.addAll(part, name + ", first byte", textAt, 1, Math.min(1, length));
    return textAt + length;
  }
}
