package org.tuffdb.torture;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.OptionalInt;

/// Runs campaigns in tests, for a short while.
final class Brief {
  private Brief() {}

  /// Skips the test, and says why, where the campaign cannot be run; on CI it fails instead.
  static String run(Campaign campaign, int runs) throws Exception {
    try {
      return campaign.run(new Settings(OptionalInt.of(runs), OptionalInt.empty(), 1));
    } catch (CannotRun missing) {
      String reason = campaign.name() + ": SKIPPED: " + missing.getMessage();
      if (CannotRun.isFailure()) {
        return fail(reason, missing);
      }
      System.out.println(reason);
      return abort(reason);
    }
  }

  /// Requires that the campaign finds something; skips the test as [#run] does.
  static void find(Campaign campaign, int runs) throws Exception {
    String figures;
    try {
      figures = run(campaign, runs);
    } catch (Violation found) {
      return;
    }
    fail(campaign.name() + " has found nothing: " + figures);
  }
}
