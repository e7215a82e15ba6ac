package org.tuffdb;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A range of keys, in ascending or descending order. Keys are ordered as unsigned bytes.
/// Immutable.
public final class KeyRange {
  private static final byte[] NOTHING = new byte[0];
  private static final KeyRange ALL = new KeyRange(null, null, false);

  private final byte @Nullable [] from;
  private final byte @Nullable [] to;
  private final boolean reversed;

  private KeyRange(byte @Nullable [] from, byte @Nullable [] to, boolean reversed) {
    this.from = from;
    this.to = to;
    this.reversed = reversed;
  }

  /// All keys.
  public static KeyRange all() {
    return ALL;
  }

  /// The keys from `from` on, itself included.
  public static KeyRange atLeast(byte[] from) {
    return new KeyRange(from.clone(), null, false);
  }

  /// The keys before `to`, itself excluded.
  public static KeyRange lessThan(byte[] to) {
    return new KeyRange(null, to.clone(), false);
  }

  /// The keys from `from`, included, to `to`, excluded.
  ///
  /// @throws IllegalArgumentException if `from` is greater than `to`
  public static KeyRange closedOpen(byte[] from, byte[] to) {
    if (Arrays.compareUnsigned(from, to) > 0) {
      throw new IllegalArgumentException(
          "the range begins at 0x%s, behind its end 0x%s".formatted(hex(from), hex(to)));
    }
    return new KeyRange(from.clone(), to.clone(), false);
  }

  /// The keys that begin with `prefix`; all keys if it is empty.
  public static KeyRange prefix(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
      length--;
    }
    if (length == 0) {
      return prefix.length == 0 ? ALL : atLeast(prefix);
    }
    byte[] to = Arrays.copyOf(prefix, length);
    to[length - 1]++;
    return new KeyRange(prefix.clone(), to, false);
  }

  /// The same keys in the opposite order.
  public KeyRange reversed() {
    return new KeyRange(from, to, !reversed);
  }

  /// Whether a scan of this range begins with the greatest key.
  public boolean isReversed() {
    return reversed;
  }

  /// Whether `key` lies in the range.
  public boolean contains(byte[] key) {
    Objects.requireNonNull(key, "key");
    return (from == null || Arrays.compareUnsigned(key, from) >= 0)
        && (to == null || Arrays.compareUnsigned(key, to) < 0);
  }

  /// The key that the range begins with, itself included, whatever its order; null if there is no
  /// bound.
  public byte @Nullable [] lowerBound() {
    return from == null ? null : from.clone();
  }

  /// The key that the range ends before, whatever its order; null if there is no bound.
  public byte @Nullable [] upperBound() {
    return to == null ? null : to.clone();
  }

  /// The smallest key of the range, shared; null if there is no bound.
  byte @Nullable [] from() {
    return from;
  }

  /// The bound that all keys of the range lie below, shared; null if there is none.
  byte @Nullable [] to() {
    return to;
  }

  /// Where the range begins, shared; empty if there is no bound.
  byte[] start() {
    return from == null ? NOTHING : from;
  }

  /// What all keys of the range lie below, shared; empty if there is no bound.
  byte[] limit() {
    return to == null ? NOTHING : to;
  }

  /// Whether no key can lie in it.
  boolean isEmpty() {
    return to != null && Arrays.compareUnsigned(start(), to) >= 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRange that
        && reversed == that.reversed
        && Arrays.equals(from, that.from)
        && Arrays.equals(to, that.to);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(from), Arrays.hashCode(to), reversed);
  }

  @Override
  public String toString() {
    String low = from == null ? "" : "0x" + hex(from);
    String high = to == null ? "" : "0x" + hex(to);
    return "[" + low + ".." + high + ")" + (reversed ? " reversed" : "");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
