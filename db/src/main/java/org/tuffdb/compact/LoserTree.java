package org.tuffdb.compact;

import java.util.List;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.EntryCursor;

/// Walks forwards over several cursors as if their entries were in one place. No two inputs hold an
/// entry with the same key and sequence.
///
/// The inputs play a tournament for the first entry. Each inner node keeps who lost there, so that
/// when the winner has moved on, only the matches on its way up are played again:
///
/// ```
///            winner 2
///           node 1: 0                 after input 2 has moved:
///          /         \                it plays against 3, and the winner of
///     node 2: 1    node 3: 3          that against 0
///      /    \       /    \
///     0      1     2      3
/// ```
///
/// An input often leads for a while. So once a winner has won again, the best of those who lost
/// against it is sought out: the *challenger*. Until that one is overtaken, a step is one match.
///
/// A match is played with words, eight bytes of the keys behind what all keys begin with; only a
/// tie goes to the inputs.
final class LoserTree {
  private static final int UNKNOWN = -1;
  private static final long ENDED = -1L;

  private final EntryCursor[] inputs;
  private final int prefixLength;
  private final boolean[] ended;
  private final long[] words;

  /// From index 1 on; the children of node i are 2i and 2i + 1, and leaf i is node i + inputs.
  private final int[] losers;

  private int winner;
  private int challenger = UNKNOWN;

  /// @param prefixLength with how many bytes all keys begin alike
  LoserTree(List<EntryCursor> inputs, int prefixLength) {
    this.inputs = inputs.toArray(EntryCursor[]::new);
    this.prefixLength = prefixLength;
    ended = new boolean[this.inputs.length];
    words = new long[this.inputs.length];
    losers = new int[this.inputs.length];
  }

  /// Goes to the first entry of all; false if there is none.
  boolean first() {
    if (inputs.length == 0) {
      return false;
    }
    for (int i = 0; i < inputs.length; i++) {
      place(i, inputs[i].first());
    }
    winner = play(1);
    return !ended[winner];
  }

  /// The winner of the matches at and below a node.
  private int play(int node) {
    if (node >= inputs.length) {
      return node - inputs.length;
    }
    int left = play(2 * node);
    int right = play(2 * node + 1);
    boolean leftLeads = leads(left, right);
    losers[node] = leftLeads ? right : left;
    return leftLeads ? left : right;
  }

  /// Goes to the next entry; false at the end.
  boolean next() {
    int moved = winner;
    place(moved, inputs[moved].next());
    if (challenger != UNKNOWN && leads(moved, challenger)) {
      return true;
    }
    winner = replay(moved);
    challenger = winner == moved ? bestLoser(moved) : UNKNOWN;
    return !ended[winner];
  }

  private void place(int input, boolean stands) {
    EntryCursor at = inputs[input];
    ended[input] = !stands;
    words[input] =
        stands ? Keys.word(at.segment(), at.keyOffset(), at.keyLength(), prefixLength) : ENDED;
  }

  private int replay(int moved) {
    int leader = moved;
    for (int node = (moved + inputs.length) >>> 1; node > 0; node >>>= 1) {
      int loser = losers[node];
      if (leads(loser, leader)) {
        losers[node] = leader;
        leader = loser;
      }
    }
    return leader;
  }

  private int bestLoser(int leader) {
    int best = UNKNOWN;
    for (int node = (leader + inputs.length) >>> 1; node > 0; node >>>= 1) {
      best = best == UNKNOWN || leads(losers[node], best) ? losers[node] : best;
    }
    return best;
  }

  private boolean leads(int a, int b) {
    int order = Long.compareUnsigned(words[a], words[b]);
    return order != 0 ? order < 0 : winsTie(a, b);
  }

  private boolean winsTie(int a, int b) {
    if (ended[a] || ended[b]) {
      return !ended[a];
    }
    EntryCursor x = inputs[a];
    EntryCursor y = inputs[b];
    int order =
        Keys.compare(
            x.segment(), x.keyOffset(), x.keyLength(), y.segment(), y.keyOffset(), y.keyLength());
    return order != 0 ? order < 0 : x.sequence() > y.sequence();
  }

  /// The input that stands on the entry. It is moved by [#next()] alone.
  EntryCursor current() {
    return inputs[winner];
  }
}
