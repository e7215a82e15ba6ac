package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A running [Tenant], as its parent sees it.
final class TenantProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  private TenantProcess(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
    Cleanup.add(this);
  }

  static TenantProcess start() throws IOException {
    return start(List.of(), System.getProperty("java.class.path"));
  }

  /// @param launcher a command that starts it
  static TenantProcess start(List<String> launcher, String classPath) throws IOException {
    Cleanup.stopIfEnding();
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            Command.java(),
            "-ea",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            Tenant.class.getName()));
    return new TenantProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /// Has it begin with what `line` says.
  void tell(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
  }

  /// What it answers to the line that is next.
  ///
  /// @throws Violation if it hangs, has ended, or has found something wrong
  String answer() throws IOException, InterruptedException {
    String answer = nextLine();
    if (!answer.equals(Tenant.DONE)
        && !answer.startsWith(Tenant.LOCKED)
        && !answer.startsWith(Tenant.REFUSED)) {
      throw new Violation("a process answers: " + answer);
    }
    return answer;
  }

  private String nextLine() throws IOException, InterruptedException {
    CompletableFuture<String> line = CompletableFuture.supplyAsync(this::readLine);
    try {
      return line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException hangs) {
      throw new Violation("a process hangs", hangs);
    } catch (ExecutionException failed) {
      throw new IOException(failed);
    }
  }

  private String readLine() {
    try {
      return String.valueOf(out.readLine());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /// @throws Violation unless it does what `line` says
  void does(String line) throws IOException, InterruptedException {
    tell(line);
    String answer = answer();
    if (!answer.equals(Tenant.DONE)) {
      throw new Violation(line + ": " + answer);
    }
  }

  /// @throws Violation unless it refuses what `line` says, with an answer that begins with `how`
  ///   and names `what`
  void refuses(String line, String how, Object what) throws IOException, InterruptedException {
    tell(line);
    String answer = answer();
    if (!answer.startsWith(how) || !answer.contains(what.toString())) {
      throw new Violation(
          "%s: expected \"%s\" and %s, found: %s".formatted(line, how, what, answer));
    }
  }

  /// Has it stand still, as another process would see it at one moment.
  void stop() throws IOException {
    Command.run("kill", "-STOP", Long.toString(process.pid()));
  }

  void goOn() throws IOException {
    Command.run("kill", "-CONT", Long.toString(process.pid()));
  }

  /// As kill -9 does.
  @Override
  public void close() {
    process.destroyForcibly();
    Command.await(process);
    Cleanup.remove(this);
  }
}
