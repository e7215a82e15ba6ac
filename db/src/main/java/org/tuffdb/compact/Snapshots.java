package org.tuffdb.compact;

import java.util.Arrays;

/// The sequences that are read from besides the newest one. Immutable.
///
/// A version is *hidden* by the next newer version of its key, or by a range delete that is newer
/// than it. It is needed as long as a snapshot stands between the two:
///
/// ```
/// sequence   5        7        9
///            put a    snapshot put a      the put @5 is needed by the snapshot
/// ```
public final class Snapshots {
  public static final Snapshots NONE = new Snapshots();

  private final long[] ascending;

  private Snapshots(long... ascending) {
    this.ascending = ascending;
  }

  /// In any order, repeats allowed.
  public static Snapshots of(long... sequences) {
    return new Snapshots(Arrays.stream(sequences).sorted().distinct().toArray());
  }

  /// The oldest one; [Long#MAX_VALUE] if there is none.
  public long oldest() {
    return ascending.length == 0 ? Long.MAX_VALUE : ascending[0];
  }

  /// The oldest one that sees what was written as `sequence`: it alone decides whether a version is
  /// needed. [Long#MAX_VALUE] stands for the newest state, which sees everything.
  long oldestSeeing(long sequence) {
    int stripe = stripe(sequence);
    return stripe < ascending.length ? ascending[stripe] : Long.MAX_VALUE;
  }

  /// How many snapshots there are that do not see what was written as `sequence`. What has the same
  /// number is seen by the same readers.
  int stripe(long sequence) {
    int at = Arrays.binarySearch(ascending, sequence);
    return at >= 0 ? at : -at - 1;
  }

  int stripes() {
    return ascending.length + 1;
  }

  @Override
  public String toString() {
    return Arrays.toString(ascending);
  }
}
