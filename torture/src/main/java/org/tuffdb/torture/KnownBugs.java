package org.tuffdb.torture;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Puts old bugs back into the engine, one at a time, and has the campaign find each that is there
/// for it. The engine's code has no switches for that: its source is changed, and compiled again.
/// Where all are put back, each of these campaigns is also run without any, for a short while, and
/// must find nothing.
final class KnownBugs implements Campaign {
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(2);

  /// Much of the time goes into starting a JVM, on one core.
  private static final int AT_ONCE = 2;

  /// A bug is looked for in this part of what the campaign does otherwise, which is mostly enough.
  private static final int PART = 4;

  /// And in so many times as much, if it was not found there.
  private static final int TIMES = 2;

  /// What finds bugs is looked at in this part of it: in full it is a campaign of its own.
  private static final int CONTROL_PART = 16;

  @Override
  public String name() {
    return "bugs";
  }

  @Override
  public String summary() {
    return "old bugs are put back, and must be found (--runs at most)";
  }

  @Override
  public String run(Settings settings) throws Exception {
    Engine engine = Engine.require();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new CannotRun("there is no Java compiler in this JVM");
    }
    Progress progress = new Progress(name());
    List<KnownBug> bugs = KnownBug.all();
    int count = Math.min(bugs.size(), settings.runs().orElse(bugs.size()));
    if (count == bugs.size()) {
      requireSoundFinders(engine, bugs, settings.seed());
    }
    List<Future<Boolean>> found = new ArrayList<>();
    try (Scratch scratch = Scratch.create(name());
        ExecutorService some = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < count; i++) {
        KnownBug bug = bugs.get(i);
        Path classes = scratch.resolve("bug" + i);
        found.add(
            some.submit(() -> {
              compile(engine, compiler, bug, classes);
              return isFound(engine, bug, classes, settings.seed());
            }));
      }
      requireFound(bugs, found, progress, some);
    }
    return "%d bugs put back, each found, %s".formatted(count, progress.seconds());
  }

  private static void requireFound(
      List<KnownBug> bugs, List<Future<Boolean>> found, Progress progress, ExecutorService some)
      throws InterruptedException, ExecutionException {
    List<String> unfound = new ArrayList<>();
    try {
      for (int i = 0; i < found.size(); i++) {
        if (!found.get(i).get()) {
          unfound.add(bugs.get(i).toString());
        }
        progress.show(i + 1 + " of " + found.size() + " bugs, " + unfound.size() + " not found");
      }
    } finally {
      some.shutdownNow();
    }
    if (!unfound.isEmpty()) {
      throw new Violation("not found: " + String.join(", ", unfound));
    }
  }

  private static void requireSoundFinders(Engine engine, List<KnownBug> bugs, long seed)
      throws IOException, InterruptedException {
    Set<Simulation> finders = new LinkedHashSet<>();
    bugs.forEach(bug -> finders.add(bug.finder()));
    for (Simulation finder : finders) {
      int size = Math.ceilDiv(finder.size(), CONTROL_PART);
      TestProcess.Outcome outcome = look(engine.testPath(), finder, size, seed);
      System.out.printf("no bug, %s: %s%n", finder.name(), outcome.lastLine());
      if (!outcome.isSound()) {
        throw new Violation("found where no bug was put: " + outcome.lastLine());
      }
    }
  }

  private static boolean isFound(Engine engine, KnownBug bug, Path classes, long seed)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<String> path = new ArrayList<>(List.of(classes.toString()));
    path.addAll(engine.testPath());
    int size = bug.finder().size();
    TestProcess.Outcome outcome = look(path, bug.finder(), Math.ceilDiv(size, PART), seed);
    if (outcome.isSound()) {
      outcome = look(path, bug.finder(), TIMES * size, seed + 1);
    }
    System.out.printf(
        "%s: %s by %s in %.1f s: %s%n",
        bug,
        outcome.isSound() ? "NOT FOUND" : "found",
        bug.finder().name(),
        (System.nanoTime() - begun) / 1e9,
        outcome.lastLine());
    return !outcome.isSound();
  }

  private static void compile(Engine engine, JavaCompiler compiler, KnownBug bug, Path into)
      throws IOException {
    Path source = into.resolve("source").resolve(Path.of(bug.file()).getFileName());
    Files.createDirectories(source.getParent());
    Files.writeString(source, bug.putInto(Files.readString(engine.sources().resolve(bug.file()))));
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of(
              "-d",
              into.toString(),
              "-proc:none",
              "-nowarn",
              "-cp",
              String.join(":", engine.compilePath()));
      if (!compiler
          .getTask(errors, files, null, options, null, files.getJavaFileObjects(source))
          .call()) {
        throw new IOException(bug + " cannot be compiled: " + errors);
      }
    }
  }

  private static TestProcess.Outcome look(List<String> path, Simulation finder, int size, long seed)
      throws IOException, InterruptedException {
    return finder.run(path, size, seed, TIMEOUT_NANOS);
  }
}
