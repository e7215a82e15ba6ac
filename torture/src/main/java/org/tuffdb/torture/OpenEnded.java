package org.tuffdb.torture;

import java.util.Map;
import java.util.TreeMap;

/// A test of the engine that could go on for ever, as a campaign: for some time, or for some number
/// of cases. A number of cases repeats what a time has found.
///
/// @param method as `Class#method`
record OpenEnded(String name, String does, String method) implements Campaign {
  private static final int SECONDS = 20;

  static final OpenEnded STRUCTURES =
      new OpenEnded(
          "structures",
          "numbers and pieces of a store's files are changed, with checksums made right",
          "org.tuffdb.crash.StructuresTest#noNumberOfAFileIsBelieved");

  static final OpenEnded FUZZ =
      new OpenEnded(
          "fuzz",
          "inputs that take new ways through the code of what reads files and imports",
          "org.tuffdb.fuzz.FuzzTest#everyFormat");

  @Override
  public String summary() {
    return "%s (--seconds, %d, or --runs)".formatted(does, SECONDS);
  }

  @Override
  public String run(Settings settings) throws Exception {
    Engine engine = Engine.require();
    return new TestProcess(engine.testPathWithShell(), method, properties(settings))
        .run(Long.MAX_VALUE)
        .requireSound();
  }

  private static Map<String, String> properties(Settings settings) {
    Map<String, String> properties = new TreeMap<>();
    properties.put(Simulation.SEED_PROPERTY, String.valueOf(settings.seed()));
    if (settings.runs().isPresent()) {
      properties.put("tuffdb.cases", String.valueOf(settings.runs().getAsInt()));
    } else {
      properties.put("tuffdb.seconds", String.valueOf(settings.seconds().orElse(SECONDS)));
    }
    settings.input().ifPresent(file -> properties.put("tuffdb.input", file.toString()));
    return properties;
  }
}
