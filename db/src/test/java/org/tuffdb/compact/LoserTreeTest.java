package org.tuffdb.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.compact.ModelTable.Entry;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;

class LoserTreeTest {
  private static final int SEEDS = 100;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 8, 13})
  void walksOverAllInputsInOrder(int inputs) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      String prefix = random.nextBoolean() ? "" : "\u00ff\u00ffprefix-of-all";
      TreeSet<Entry> all = new TreeSet<>(ModelTable.ORDER);
      List<Set<Entry>> sources = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        sources.add(new TreeSet<>(ModelTable.ORDER));
      }
      int source = 0;
      for (int i = 0; i < 40 * inputs; i++) {
        source = random.nextInt(1 + seed % 7) == 0 ? random.nextInt(inputs) : source;
        Entry entry = new Entry(prefix + key(random), i, Kind.PUT, "");
        sources.get(source).add(entry);
        all.add(entry);
      }
      assertThat(merged(sources, prefix.length())).as("seed %s", seed).isEqualTo(List.copyOf(all));
    }
  }

  /// Keys that begin alike, end in zeros, or consist of the largest byte.
  private static String key(Random random) {
    String digits = "%04d".formatted(random.nextInt(60));
    return switch (random.nextInt(5)) {
      case 0 -> "\u00ff".repeat(1 + random.nextInt(9));
      case 1 -> "a" + "\0".repeat(random.nextInt(10));
      case 2 -> "behind-eight-" + digits;
      default -> digits;
    };
  }

  private static List<Entry> merged(List<Set<Entry>> sources, int prefixLength) {
    List<EntryCursor> cursors = new ArrayList<>();
    sources.forEach(source -> cursors.add(new ListCursor(List.copyOf(source))));
    LoserTree tree = new LoserTree(cursors, prefixLength);
    List<Entry> merged = new ArrayList<>();
    for (boolean there = tree.first(); there; there = tree.next()) {
      merged.add(Tables.entry(tree.current()));
    }
    return merged;
  }
}
