package org.tuffdb.torture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A running [Victim], [Worker] or [StarvedProcess], as its parent sees it.
final class Child implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(180);

  /// What the shell, too, makes of signal 9.
  static final int EXIT_KILLED = 128 + 9;

  private final Process process;
  private final Thread reader;

  // Guarded by this object.
  private final List<Report> reports = new ArrayList<>();
  private final Map<Phase, Course> courses = new EnumMap<>(Phase.class);
  private Phase phase = Phase.STARTING;
  private long steps;
  private boolean ended;
  private @Nullable IOException failure;

  /// How a phase went: how often and when it was begun, and how long it took.
  private static final class Course {
    int begun;
    long begunNanos;
    long tookNanos;
  }

  private Child(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().name("reader").start(this::readReports);
    Cleanup.add(this);
  }

  /// Starts the class `main` in a process of its own, which does nothing before [#begin]. What it
  /// prints besides reports goes to `errors`.
  ///
  /// @param launcher a command that starts it; none usually
  static Child start(Class<?> main, Redirect errors, List<String> launcher, String... args)
      throws IOException {
    return start(main, errors, launcher, List.of(), args);
  }

  /// The same with options of its own for the JVM.
  static Child start(
      Class<?> main,
      Redirect errors,
      List<String> launcher,
      List<String> jvmOptions,
      String... args)
      throws IOException {
    Cleanup.stopIfEnding();
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            Command.java(),
            "-ea",
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            // It would be a file, whose calls are not the store's.
            "-XX:-UsePerfData",
            "--sun-misc-unsafe-memory-access=deny",
            "--illegal-native-access=deny"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return new Child(new ProcessBuilder(command).redirectError(errors).start());
  }

  /// Has the writers go on from their positions in the scripts of `scriptSeed`. What else is left
  /// to chance follows from `seed`.
  void begin(long seed, long scriptSeed, String positions) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(
        "%d %d %s%n".formatted(seed, scriptSeed, positions).getBytes(StandardCharsets.US_ASCII));
    in.flush();
  }

  private void readReports() {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
      while (true) {
        take(Report.read(in));
      }
    } catch (EOFException end) {
      end(null);
    } catch (IOException broken) {
      end(broken);
    }
  }

  private synchronized void take(Report report) {
    if (report.kind() == Report.Kind.PHASE) {
      long now = System.nanoTime();
      Course left = course(phase);
      left.tookNanos = now - left.begunNanos;
      phase = report.phase();
      Course entered = course(phase);
      entered.begun++;
      entered.begunNanos = now;
    } else {
      reports.add(report);
      steps += report.kind().isAcknowledgement() ? 1 : 0;
    }
    notifyAll();
  }

  private Course course(Phase of) {
    return courses.computeIfAbsent(of, absent -> new Course());
  }

  private synchronized void end(@Nullable IOException broken) {
    failure = broken;
    ended = true;
    notifyAll();
  }

  /// Waits for `moment`, or until the process has nothing more to do.
  ///
  /// @throws Violation if it does nothing any more
  void await(Moment moment) throws InterruptedException {
    long due = awaitMoment(moment);
    for (long left; (left = due - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(left);
    }
  }

  /// Kills the process, and waits until all is read that it had reported.
  ///
  /// @throws Violation if it ended by itself
  void kill() throws IOException, InterruptedException {
    // The kernel ends processes, too, with the same exit code, if there is no memory.
    boolean lived = process.isAlive() && !hasEnded();
    // Process.destroyForcibly would close the pipe, with reports in it.
    process.toHandle().destroyForcibly();
    reader.join();
    int exitCode = process.waitFor();
    if (!lived || exitCode != EXIT_KILLED) {
      throw new Violation(
          "the writing process ended by itself, with %d: see what it printed".formatted(exitCode));
    }
    requireSound();
  }

  private synchronized boolean hasEnded() {
    return ended;
  }

  private synchronized void requireSound() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  /// Waits for what the moment is measured from, and returns when it is due.
  private synchronized long awaitMoment(Moment moment) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Course awaited = course(moment.phase());
    while (!ended
        && !phase.isLast()
        && steps < moment.steps()
        && awaited.begun < moment.occurrence()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis <= 0) {
        throw new Violation(
            "the writing process hangs while " + phase + ", " + steps + " steps on");
      }
      wait(millis);
    }
    return awaited.begun < moment.occurrence()
        ? System.nanoTime()
        : awaited.begunNanos + moment.nanos();
  }

  /// What it was at when it was killed.
  synchronized Phase phase() {
    return phase;
  }

  /// All that it reported about steps and what it did, in order.
  synchronized List<Report> reports() {
    return List.copyOf(reports);
  }

  /// How long it was at `ended` the last time; 0 if it never left it.
  synchronized long nanos(Phase ended) {
    return course(ended).tookNanos;
  }

  /// Kills the process if it still runs.
  @Override
  public void close() {
    process.destroyForcibly();
    Command.await(process);
    Cleanup.remove(this);
  }
}
