package org.tuffdb.torture;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The engine's sources and tests in this repository, which this class was built in.
final class Engine {
  private static final String MODULE = "db";
  private static final String SHELL = "shell";

  private final Path module;

  private Engine(Path module) {
    this.module = module;
  }

  /// @throws CannotRun if there is no repository around this class, or nothing built in it
  static Engine require() throws CannotRun {
    Engine engine =
        module()
            .map(Engine::new)
            .orElseThrow(() -> new CannotRun("this is not run within the repository"));
    if (Files.notExists(engine.testClasses()) || Files.notExists(engine.libraries())) {
      throw new CannotRun("the tests of " + engine.module + " are not built");
    }
    return engine;
  }

  private static Optional<Path> module() {
    try {
      Path here = Path.of(Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path folder = here; folder != null; folder = folder.getParent()) {
        if (Files.exists(folder.resolve(MODULE).resolve("pom.xml"))) {
          return Optional.of(folder.resolve(MODULE));
        }
      }
      return Optional.empty();
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Where the sources of its packages begin.
  Path sources() {
    return module.resolve("src/main/java/org/tuffdb");
  }

  private Path classes() {
    return module.resolve("target/classes");
  }

  private Path testClasses() {
    return module.resolve("target/test-classes");
  }

  private Path libraries() {
    return module.resolve("target/test-lib");
  }

  /// A class path for its tests with those of the shell beside them, which is above it.
  ///
  /// @throws CannotRun if those are not built
  List<String> testPathWithShell() throws IOException, CannotRun {
    Path shell = module.resolveSibling(SHELL).resolve("target");
    Path tests = shell.resolve("test-classes");
    Path libraries = shell.resolve("test-lib");
    if (Files.notExists(tests) || Files.notExists(libraries)) {
      throw new CannotRun("the tests of " + shell + " are not built");
    }
    List<String> path = testPath();
    path.addAll(List.of(shell.resolve("classes").toString(), tests.toString(), libraries + "/*"));
    return path;
  }

  /// A class path to compile its sources.
  List<String> compilePath() throws IOException {
    List<String> path = new ArrayList<>(List.of(classes().toString()));
    try (Stream<Path> files = Files.list(libraries())) {
      files.map(Path::toString).sorted().forEach(path::add);
    }
    return path;
  }

  /// A class path for its tests, and for this module.
  List<String> testPath() throws IOException {
    List<String> path = compilePath();
    path.add(testClasses().toString());
    path.add(System.getProperty("java.class.path"));
    return path;
  }
}
