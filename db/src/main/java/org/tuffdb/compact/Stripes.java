package org.tuffdb.compact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.entry.Skyline;

/// Range deletes, parted by the snapshots. Those of a *stripe* have no snapshot between them: who
/// sees one of them sees all that are older, and of those over a key only the newest is needed. So
/// a skyline for each stripe holds all that anybody may need; it has at most two pieces for each
/// delete.
///
/// ```
/// snapshots          5            9
/// stripes     @1 @4 @5 │ @6 @8 @9 │ @10 ...
/// ```
///
/// What a range delete hides from everybody is older than it, and of the same stripe.
final class Stripes {
  private final Snapshots snapshots;
  private final Skyline[] skylines;

  Stripes(Collection<RangeDelete> deletes, Snapshots snapshots) {
    this.snapshots = snapshots;
    skylines = new Skyline[snapshots.stripes()];
    Arrays.fill(skylines, Skyline.NONE);
    List<List<RangeDelete>> parts = new ArrayList<>();
    for (int i = 0; i < skylines.length; i++) {
      parts.add(new ArrayList<>());
    }
    for (RangeDelete delete : deletes) {
      parts.get(snapshots.stripe(delete.sequence())).add(delete);
    }
    Arrays.setAll(skylines, i -> RangeDeletes.of(parts.get(i)).skyline());
  }

  int count() {
    return skylines.length;
  }

  /// Of one stripe; everybody sees all of stripe 0.
  Skyline skyline(int stripe) {
    return skylines[stripe];
  }

  /// Of the stripe that `sequence` is in.
  Skyline around(long sequence) {
    return skylines[snapshots.stripe(sequence)];
  }
}
