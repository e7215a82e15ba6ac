package org.tuffdb.torture;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
/// Where all are put back, each of these campaigns is also run without any, for a short while, with
/// a source compiled in the same way, and must find nothing.
final class KnownBugs implements Campaign {
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(4);

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
    List<Future<Boolean>> found = new ArrayList<>();
    try (Scratch scratch = Scratch.create(name());
        ExecutorService some = Executors.newFixedThreadPool(AT_ONCE)) {
      if (count == bugs.size()) {
        requireSoundFinders(engine, compiler, bugs, scratch, settings.seed());
      }
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

  private static void requireSoundFinders(
      Engine engine, JavaCompiler compiler, List<KnownBug> bugs, Scratch scratch, long seed)
      throws IOException, InterruptedException {
    Map<Simulation, KnownBug> none = new LinkedHashMap<>();
    bugs.forEach(bug -> none.putIfAbsent(bug.finder(), bug.without()));
    for (KnownBug noBug : none.values()) {
      Simulation finder = noBug.finder();
      Path classes = scratch.resolve("without-" + finder.name());
      compile(engine, compiler, noBug, classes);
      int size = Math.ceilDiv(finder.size(), CONTROL_PART);
      TestProcess.Outcome outcome = look(path(engine, classes), finder, size, seed);
      System.out.printf("no bug, %s: %s%n", finder.name(), outcome.lastLine());
      if (!outcome.isSound()) {
        throw new Violation("found where no bug was put: " + outcome.lastLine());
      }
    }
  }

  /// With what was compiled in front.
  private static List<String> path(Engine engine, Path classes) throws IOException {
    List<String> path = new ArrayList<>(List.of(classes.toString()));
    path.addAll(engine.testPath());
    return path;
  }

  private static boolean isFound(Engine engine, KnownBug bug, Path classes, long seed)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<String> path = path(engine, classes);
    int size = bug.finder().size();
    TestProcess.Outcome outcome = look(path, bug.finder(), Math.ceilDiv(size, PART), seed);
    if (outcome.isSound()) {
      outcome = look(path, bug.finder(), TIMES * size, seed + 1);
    }
    System.out.printf(
        "%s: %s by %s in %.1f s: %s%n",
        bug,
        isFound(bug, outcome) ? "found" : "NOT FOUND",
        bug.finder().name(),
        (System.nanoTime() - begun) / 1e9,
        outcome.lastLine());
    return isFound(bug, outcome);
  }

  /// A test that has no end may just have had too little time, unless that is what the bug leads
  /// to.
  private static boolean isFound(KnownBug bug, TestProcess.Outcome outcome) {
    return switch (outcome.verdict()) {
      case SOUND -> false;
      case FOUND -> true;
      case TIMED_OUT -> bug.hangs();
    };
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
