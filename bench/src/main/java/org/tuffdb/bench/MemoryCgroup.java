package org.tuffdb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A control group of Linux that limits the memory of the processes in it, cached pages of files
/// included. It is a child of the group that this process is in.
public final class MemoryCgroup implements AutoCloseable {
  private static final Path MOUNTED = Path.of("/sys/fs/cgroup");

  private final Path directory;
  private final boolean unified;

  private MemoryCgroup(Path directory, boolean unified) {
    this.directory = directory;
    this.unified = unified;
  }

  /// A new group whose processes may take so many bytes together.
  ///
  /// @throws IOException if this machine does not allow it
  public static MemoryCgroup create(long bytes) throws IOException {
    MemoryCgroup group = createUnlimited();
    try {
      Files.writeString(group.file("memory.limit_in_bytes", "memory.max"), Long.toString(bytes));
      return group;
    } catch (IOException refused) {
      group.close();
      throw refused;
    }
  }

  /// Lines such as `4:memory:/user` (version 1) and `0::/user` (version 2) tell where we are.
  private static MemoryCgroup createUnlimited() throws IOException {
    String name = "tuffdb-bench-" + ProcessHandle.current().pid();
    String unifiedPath = null;
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (List.of(parts[1].split(",")).contains("memory")) {
        Path parent = Path.of(MOUNTED.resolve("memory") + parts[2]);
        return new MemoryCgroup(Files.createDirectory(parent.resolve(name)), false);
      }
      if (parts[1].isEmpty()) {
        unifiedPath = parts[2];
      }
    }
    if (unifiedPath == null) {
      throw new IOException("this process is in no control group");
    }
    Path parent = Path.of(MOUNTED + unifiedPath);
    return new MemoryCgroup(Files.createDirectory(parent.resolve(name)), true);
  }

  private Path file(String version1, String version2) {
    return directory.resolve(unified ? version2 : version1);
  }

  /// Has what `builder` starts run in this group from its first moment.
  public void enclose(ProcessBuilder builder) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("sh", "-c", "echo $$ > \"$0\" && exec \"$@\""));
    line.add(directory.resolve("cgroup.procs").toString());
    line.addAll(builder.command());
    builder.command(line);
  }

  /// The most memory that was in use, cached pages of files included.
  public long bytesMax() throws IOException {
    String bytes = Files.readString(file("memory.max_usage_in_bytes", "memory.peak"));
    return Long.parseLong(bytes.strip());
  }

  /// How many processes the kernel has ended because they were beyond the limit.
  public long killed() throws IOException {
    for (String line : Files.readAllLines(file("memory.oom_control", "memory.events"))) {
      if (line.startsWith("oom_kill ")) {
        return Long.parseLong(line.substring("oom_kill ".length()));
      }
    }
    throw new IOException("the kernel does not say how many processes it has ended");
  }

  @Override
  public void close() throws IOException {
    Files.delete(directory);
  }
}
