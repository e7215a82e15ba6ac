package org.tuffdb.entry;

/// What an entry does to its key. The numbers are part of the file formats. Those that nothing
/// writes yet are reserved, so that a reader of today refuses them by name.
public final class Kind {
  public static final byte PUT = 1;
  public static final byte DELETE = 2;
  public static final byte RANGE_DELETE = 3;
  public static final byte MERGE = 4;
  public static final byte PUT_WITH_EXPIRY = 5;

  private Kind() {}
}
