package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A control group of Linux that limits the memory of the process in it, pages of files included.
/// It lies in the group that this process is in.
final class Container implements AutoCloseable {
  private static final Path MOUNTED = Path.of("/sys/fs/cgroup");

  private final Path directory;
  private final boolean unified;

  private Container(Path directory, boolean unified) {
    this.directory = directory;
    this.unified = unified;
  }

  /// @throws CannotRun if this machine does not allow it
  static Container create(long bytes) throws CannotRun {
    try {
      Container container = createUnlimited();
      Cleanup.add(container);
      try {
        Path limit = container.file("memory.limit_in_bytes", "memory.max");
        Files.writeString(limit, Long.toString(bytes));
        return container;
      } catch (IOException refused) {
        container.close();
        throw refused;
      }
    } catch (IOException refused) {
      throw new CannotRun("there are no memory cgroups to be had: " + refused);
    }
  }

  /// Lines such as `4:memory:/user` (version 1) and `0::/user` (version 2) tell where we are.
  private static Container createUnlimited() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/cgroup"));
    for (String line : lines) {
      if (Arrays.asList(line.split(":", 3)[1].split(",", -1)).contains("memory")) {
        return create(MOUNTED + "/memory" + line.split(":", 3)[2], false);
      }
    }
    for (String line : lines) {
      if (line.startsWith("0::")) {
        return create(MOUNTED + line.substring("0::".length()), true);
      }
    }
    throw new IOException("this process is in none");
  }

  private static Container create(String parent, boolean unified) throws IOException {
    return new Container(Files.createTempDirectory(Path.of(parent), "tuffdb-torture-"), unified);
  }

  private Path file(String version1, String version2) {
    return directory.resolve(unified ? version2 : version1);
  }

  /// A command that starts another one in this group, which it is in from its first moment.
  List<String> launcher() {
    return List.of(
        "sh",
        "-c",
        "echo $$ > \"$0\" && exec \"$@\"",
        directory.resolve("cgroup.procs").toString());
  }

  /// How many processes the kernel has ended because they were beyond the limit.
  long killed() throws IOException {
    for (String line : Files.readAllLines(file("memory.oom_control", "memory.events"))) {
      if (line.startsWith("oom_kill ")) {
        return Long.parseLong(line.substring("oom_kill ".length()));
      }
    }
    throw new IOException("the kernel does not say how many processes it has ended");
  }

  /// Only when no process is in it any more.
  @Override
  public void close() throws IOException {
    Cleanup.remove(this);
    Files.delete(directory);
  }
}
