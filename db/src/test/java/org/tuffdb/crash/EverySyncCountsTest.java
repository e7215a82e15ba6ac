package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tuffdb.ClassFiles;

/// Each sync in the code is there because without it a crash loses something: with any one of them
/// removed, the crash campaign finds a violation.
class EverySyncCountsTest {
  private static final int WRITES = 25;
  private static final int CAMPAIGNS_MAX = 40;

  @Test
  void withoutAnyOneTheCampaignFails() throws IOException {
    Set<String> callSites = callSitesInTheCode();
    assertThat(callSites).isNotEmpty();
    for (String callSite : callSites) {
      System.out.println("without the sync at " + callSite + ": " + findViolation(callSite));
    }
    System.out.println("syncs: " + callSites.size() + ", each one counts");
  }

  private static String findViolation(String callSite) {
    long states = 0;
    for (long seed = 1; seed <= CAMPAIGNS_MAX; seed++) {
      CrashCampaign campaign = new CrashCampaign(seed, callSite::equals, () -> true);
      try {
        campaign.run(WRITES);
      } catch (AssertionError violation) {
        return "violation after %,d states (%s)"
            .formatted(states + campaign.states(), root(violation));
      }
      states += campaign.states();
    }
    return fail("nothing is lost without the sync at %s, in %,d states", callSite, states);
  }

  private static String root(Throwable violation) {
    Throwable cause = violation;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /// Where the engine calls a sync, as `Class.method:line`.
  private static Set<String> callSitesInTheCode() throws IOException {
    Set<String> callSites = new TreeSet<>();
    for (ClassModel model : ClassFiles.main()) {
      if (!ClassFiles.packageOf(model).equals("fs")) {
        model.methods().forEach(method -> collect(model, method, callSites));
      }
    }
    return callSites;
  }

  private static void collect(ClassModel model, MethodModel method, Set<String> callSites) {
    String name = model.thisClass().asInternalName();
    String simpleName = name.substring(name.lastIndexOf('/') + 1);
    int line = 0;
    for (CodeElement element : method.code().map(CodeModel::elementList).orElse(List.of())) {
      if (element instanceof LineNumber number) {
        line = number.line();
      } else if (element instanceof InvokeInstruction call
          && call.name().equalsString("sync")
          && call.owner().asInternalName().startsWith("org/tuffdb/fs/")) {
        callSites.add(simpleName + "." + method.methodName().stringValue() + ":" + line);
      } else if (element instanceof InvokeDynamicInstruction made && refersToSync(made)) {
        fail("%s, line %d: a sync by a method reference cannot be left out here", simpleName, line);
      }
    }
  }

  private static boolean refersToSync(InvokeDynamicInstruction made) {
    return made.bootstrapArgs().stream()
        .anyMatch(argument ->
            argument instanceof DirectMethodHandleDesc handle
                && handle.methodName().equals("sync")
                && handle.owner().packageName().equals("org.tuffdb.fs"));
  }
}
