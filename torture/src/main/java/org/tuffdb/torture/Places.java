package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tuffdb.Verification;

/// Where a store may lie, and who else may be there: processes and threads that race for it, links,
/// copies, folders that are moved, file systems that are read-only, rights that are missing, clocks
/// that jump. Whoever cannot have the store is told why, and nothing of it is harmed.
final class Places implements Campaign {
  private static final int ROUNDS = 2;

  /// One thing that is tried.
  @FunctionalInterface
  interface Case {
    /// Does it in a folder of its own, and throws a [Violation] if it is not as it must be.
    ///
    /// @throws CannotRun if this machine cannot do it
    void run(Scratch scratch, SplittableRandom random) throws Exception;
  }

  private final Map<String, Case> cases = new LinkedHashMap<>();

  Places() {
    cases.put("processes race", Races::ofProcesses);
    cases.put("threads race", Races::ofThreads);
    cases.put("links lead there", StoreNames::byLinks);
    cases.put("a link is in a file's place", StoreNames::linkForFile);
    cases.put("copied while it is open", StoreNames::copiedOpen);
    cases.put("moved while it is open", StoreNames::movedOpen);
    cases.put("the lock is deleted or copied", StoreNames::lockOfNobody);
    cases.put("the lock is deleted under its owner", Displaced::lockOfOwner);
    cases.put("replaced while it is open", Displaced::replaced);
    cases.put("rights are missing", Rights::missing);
    cases.put("mounted read-only", Rights::readOnlyMount);
    cases.put("clocks jump", JumpingClock::run);
  }

  @Override
  public String name() {
    return "places";
  }

  @Override
  public String summary() {
    return "two owners, links, copies, missing rights, clocks (--runs, " + ROUNDS + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    Progress progress = new Progress(name());
    SplittableRandom random = new SplittableRandom(settings.seed());
    List<String> skipped = new ArrayList<>();
    int rounds = settings.runs().orElse(ROUNDS);
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, Case> each : cases.entrySet()) {
        String what = each.getKey();
        if (!skipped.contains(what) && !isRun(what, each.getValue(), random.split())) {
          skipped.add(what);
        }
        progress.show("round " + (round + 1) + " of " + rounds + ", " + what + ", 0 violations");
      }
    }
    return "%d cases%s, %d times each, 0 violations, seed %d, %s"
        .formatted(
            cases.size() - skipped.size(),
            skipped.isEmpty() ? "" : " (SKIPPED: " + String.join(", ", skipped) + ")",
            rounds,
            settings.seed(),
            progress.seconds());
  }

  /// Runs a case; returns false if this machine cannot.
  private boolean isRun(String what, Case tried, SplittableRandom random) throws Exception {
    try (Scratch scratch = Scratch.createInMemory(name())) {
      return scratch.keepIfFailed(
          Bug.NONE,
          () -> {
            run(what, tried, scratch, random);
            return true;
          });
    } catch (CannotRun missing) {
      if (CannotRun.isFailure()) {
        throw missing;
      }
      System.out.println(name() + ": " + what + ": SKIPPED: " + missing.getMessage());
      return false;
    }
  }

  private static void run(String what, Case tried, Scratch scratch, SplittableRandom random)
      throws Exception {
    try {
      tried.run(scratch, random);
    } catch (Violation violation) {
      throw new Violation(what + ": " + violation.getMessage(), violation);
    }
  }

  /// @throws Violation if the files of the store are not whole, or anything but a beginning of the
  ///   entries is there, at least those below `least`
  static void inspect(Path store, int least, int most) throws IOException, InterruptedException {
    Verification verification = Verification.of(store);
    if (!verification.isClean()) {
      throw new Violation("damaged: " + verification.damages());
    }
    try (TenantProcess tenant = TenantProcess.start()) {
      tenant.does("open " + store);
      tenant.does("read %d %d".formatted(least, most));
      tenant.does("close");
    }
  }

  /// As `cp -a` does.
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Command.run("cp", "-a", from.toString(), to.toString());
  }
}
