package org.tuffdb.torture;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;

/// Has a system call of a process fail that writes to a store, by strace: each of its threads is
/// refused its Nth call of one kind. The process sees it, and is killed; another one opens the
/// store. Whatever was acknowledged or read is there, and the files are whole: the power stays on,
/// so buffered writes are there, too.
///
/// A write that stops in the middle cannot be had in this way; full disks make such ones.
final class FailingCalls implements Campaign {
  private static final int RUNS = 60;

  /// So many of the files that a store makes next are watched by name.
  private static final int NEXT_FILES = 60;

  private static final List<Fault> FAULTS =
      List.of(
          new Fault("fdatasync", "EIO", 30),
          new Fault("fdatasync", "ENOSPC", 30),
          new Fault("fsync", "EIO", 20),
          new Fault("write", "EIO", 60),
          new Fault("write", "ENOSPC", 60),
          new Fault("pread64", "EIO", 60),
          new Fault("openat", "EMFILE", 10),
          new Fault("openat", "EIO", 10),
          new Fault("rename", "EIO", 4),
          new Fault("unlink", "EIO", 6));

  private final Bug bug;

  /// @param nthMax up to which call of a thread there are some
  private record Fault(String call, String error, int nthMax) {
    List<String> options(int nth) {
      return List.of(
          "-e", "trace=" + call, "-e", "inject=%s:error=%s:when=%d".formatted(call, error, nth));
    }

    /// Whether a JVM makes such calls for itself, too, which are to be left alone.
    boolean isMadeByJvmToo() {
      return List.of("openat", "write", "pread64").contains(call);
    }
  }

  FailingCalls(Bug bug) {
    this.bug = bug;
  }

  @Override
  public String name() {
    return "failing-calls";
  }

  @Override
  public String summary() {
    return "system calls that fail while a process writes (--runs, " + RUNS + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    Command.require("strace");
    try (Scratch scratch = Scratch.createInMemory(name())) {
      SplittableRandom random = new SplittableRandom(settings.seed());
      int runs = settings.runs().orElse(RUNS);
      FiredFaults fired = new FiredFaults(Files.createDirectory(scratch.resolve("traces")));
      Folder folder = new Folder(Files.createDirectory(scratch.resolve("stores")), fired);
      Cuts cuts =
          new Cuts(
              name(),
              runs,
              settings.seed(),
              scratch,
              folder,
              (store, errors) -> start(store, errors, random, fired.newTrace()));
      return scratch.keepIfFailed(bug, cuts::run) + "; failed: " + fired.text();
    }
  }

  private Child start(Path store, Path errors, SplittableRandom random, Path trace)
      throws IOException {
    Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
    List<String> tracer = new ArrayList<>();
    tracer.add(Command.find("strace").orElseThrow().toString());
    // Beside the process, which stays a child of this one; with -f for its threads.
    tracer.addAll(List.of("-D", "-f", "-qq", "-o", trace.toString()));
    tracer.addAll(fault.options(1 + random.nextInt(fault.nthMax)));
    if (fault.isMadeByJvmToo()) {
      files(store).forEach(file -> tracer.addAll(List.of("-P", file.toString())));
    }
    return Child.start(
        Worker.class, Redirect.to(errors.toFile()), tracer, store.toString(), bug.name());
  }

  /// The store's files, and those that it makes next.
  private static List<Path> files(Path store) throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(store);
    files.add(store.resolve(FileNames.CURRENT));
    files.add(store.resolve(FileNames.CURRENT_TEMPORARY));
    long highest = 0;
    if (Files.exists(store)) {
      for (String name : FileSystem.disk().list(store)) {
        files.add(store.resolve(name));
        // What recovery makes of a log.
        files.add(FileNames.copy(store.resolve(name)));
        highest = Math.max(highest, FileNames.logNumber(name).orElse(0));
        highest = Math.max(highest, FileNames.tableNumber(name).orElse(0));
        highest = Math.max(highest, FileNames.manifestNumber(name).orElse(0));
      }
    }
    for (long number = highest + 1; number <= highest + NEXT_FILES; number++) {
      files.add(FileNames.log(store, number));
      files.add(FileNames.table(store, number));
      files.add(FileNames.manifest(store, number));
    }
    return files;
  }
}
