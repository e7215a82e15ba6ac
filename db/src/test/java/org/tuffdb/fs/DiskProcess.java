package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tuffdb.error.DbException;

/// Another process that uses the disk: what a test starts with [#start], and its `main`.
final class DiskProcess {
  private DiskProcess() {}

  /// `lock FILE` takes a lock, says `locked` or what was thrown, and holds it until its input ends.
  /// `exhaust DIRECTORY` creates files until one fails and prints what was thrown.
  public static void main(String[] args) throws IOException {
    Path path = Path.of(args[1]);
    System.out.println(args[0].equals("lock") ? lock(path) : exhaust(path));
    System.out.flush();
    // Not closed: the JDK opens a file for that, and there may be no descriptor left.
    System.in.readAllBytes();
  }

  private static String lock(Path path) throws IOException {
    try {
      FileSystem.disk().lock(path);
      return "locked";
    } catch (DbException e) {
      return e.toString();
    }
  }

  private static String exhaust(Path directory) {
    List<WriteFile> open = new ArrayList<>();
    try {
      // Loads the classes that an error needs while a class file can still be opened.
      assert !FileSystem.disk().exists(directory.resolve("absent"));
      while (true) {
        open.add(FileSystem.disk().create(directory.resolve("file" + open.size() + ".")));
      }
    } catch (IOException e) {
      return open.size() + " " + e;
    }
  }

  /// Starts a JVM on this class, behind the words of `prefix`.
  static Process start(List<String> prefix, String... args) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.add(DiskProcess.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String classPath() {
    // The tests are patched into the module: its own place is that of the main classes.
    Path classes =
        Path.of(FileSystem.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    return classes + System.getProperty("path.separator") + classes.resolveSibling("test-classes");
  }
}
