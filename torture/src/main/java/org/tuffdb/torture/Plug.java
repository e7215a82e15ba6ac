package org.tuffdb.torture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Takes the power from a mounted file system, from one call to the next: what it has not written
/// to its device stays unwritten, and every later call fails.
///
/// That is an ioctl, which neither Java nor a shell can make. So a small process waits for the
/// word.
final class Plug implements AutoCloseable {
  /// `_IOR('X', 125, __u32)`, of ext4, XFS and others.
  private static final String FS_IOC_SHUTDOWN = "0x8004587d";

  /// How it is asked of those who can.
  private static final Map<String, String> SCRIPTS =
      Map.of(
          "perl",
          """
          sysopen(D, $ARGV[0], 0) or die "open: $!";
          my $how = <STDIN> or exit;
          my $arg = pack("I", $how);
          ioctl(D, %s, $arg) or die "ioctl: $!";
          """
              .formatted(FS_IOC_SHUTDOWN),
          "python3",
          """
          import fcntl, os, struct, sys
          d = os.open(sys.argv[1], 0)
          how = sys.stdin.readline()
          if how: fcntl.ioctl(d, %s, struct.pack("I", int(how)))
          """
              .formatted(FS_IOC_SHUTDOWN));

  private final Process process;

  /// What happens to the journal, that is to changes of metadata that are not on the disk yet.
  enum Journal {
    /// They are written. The data they belong to need not be.
    WRITTEN(1),
    LOST(2);

    private final int flag;

    Journal(int flag) {
      this.flag = flag;
    }
  }

  private Plug(Process process) {
    this.process = process;
  }

  /// @throws CannotRun if nothing here can make an ioctl
  static void require() throws CannotRun {
    if (interpreter().isEmpty()) {
      throw new CannotRun("there is neither perl nor python3");
    }
  }

  /// For the file system that is mounted at `mount`.
  static Plug of(Path mount) throws IOException {
    String interpreter = interpreter();
    String script = SCRIPTS.getOrDefault(interpreter, "");
    String flag = interpreter.equals("perl") ? "-e" : "-c";
    return new Plug(
        Command.start(List.of(interpreter, flag, script, mount.toString()))
            .redirectErrorStream(true)
            .start());
  }

  /// The smaller one first; none if there is neither.
  private static String interpreter() {
    return List.of("perl", "python3").stream()
        .filter(name -> Command.find(name).isPresent())
        .findFirst()
        .orElse("");
  }

  /// Returns when the power is off.
  void pull(Journal journal) throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write((journal.flag + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (Command.await(process) != 0) {
      throw new IOException("cannot take the power from a file system: " + output.strip());
    }
  }

  /// Ends the process, which holds the file system busy.
  @Override
  public void close() {
    process.destroyForcibly();
    Command.await(process);
  }
}
