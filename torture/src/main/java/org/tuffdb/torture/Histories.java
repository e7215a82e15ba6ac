package org.tuffdb.torture;

import java.util.OptionalInt;
import java.util.SplittableRandom;

/// Writers, readers, snapshots, cursors, flushes and merges beside each other, on platform and on
/// virtual threads, until the store is closed beneath them. What they saw must have one order that
/// fits; and of copies that power cuts leave meanwhile, each must hold what was shown as durable.
final class Histories implements Campaign {
  private static final int RUNS = 20;

  /// The same in a process of its own, to see what it finds.
  static final Simulation ALONE =
      new Simulation(
          "histories", "", "org.tuffdb.torture.Histories#alone", "tuffdb.histories", RUNS);

  void alone() throws Exception {
    OptionalInt runs = OptionalInt.of(Integer.getInteger("tuffdb.histories"));
    System.out.println(run(new Settings(runs, OptionalInt.empty(), Long.getLong("tuffdb.seed"))));
  }

  @Override
  public String name() {
    return "histories";
  }

  @Override
  public String summary() {
    return "what threads saw is linearizable and survives power cuts (--runs, " + RUNS + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    Progress progress = new Progress(name());
    SplittableRandom random = new SplittableRandom(settings.seed());
    int runs = settings.runs().orElse(RUNS);
    History.Figures figures = new History.Figures();
    for (int i = 0; i < runs; i++) {
      new History(random.nextLong(), figures).run();
      progress.show(i + 1 + " of " + runs + " histories, " + figures.text() + ", 0 violations");
    }
    return "%d histories, %s, 0 violations, seed %d, %s"
        .formatted(runs, figures.text(), settings.seed(), progress.seconds());
  }
}
