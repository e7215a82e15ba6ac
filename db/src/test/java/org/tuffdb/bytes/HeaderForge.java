package org.tuffdb.bytes;

import org.tuffdb.forge.Field;
import org.tuffdb.forge.Parts;

/// The header that every file begins with: see [FileHeader].
public final class HeaderForge {
  private static final String PART = "file header";
  private static final int CHECKSUM_AT = 60;

  private HeaderForge() {}

  public static void addTo(Parts parts) {
    parts.add(PART, new Field("magic", 0, 8));
    parts.add(PART, new Field("kind", 8, 4));
    parts.add(PART, new Field("version", 12, 4));
    parts.add(PART, new Field("features", 16, 8));
    parts.add(PART, new Field("number", 24, 8));
    parts.add(PART, new Field("store", 32, 8));
    parts.add(PART, new Field("salt", 40, 4));
    parts.add(PART, new Field("zero", 44, 8));
    parts.add(PART, new Field("zero", 52, 8));
  }

  public static void seal(byte[] file) {
    LittleEndian.putInt(file, CHECKSUM_AT, new Checksum().of(file, 0, CHECKSUM_AT));
  }
}
