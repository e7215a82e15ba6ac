package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A file system on a disk with a cache of its own: what was written to it and not flushed is
/// forgotten when its power is cut. While its switch file is there, all that is written to it
/// fails.
///
/// ```
/// file system → loop device → file of nbdfuse → nbdkit: writes fail? → cache → image
/// ```
final class NbdDisk implements PowerDisk {
  /// One at a time: `mkfs.btrfs` looks at every loop device, and fails at one without power.
  private static final Semaphore ONE = new Semaphore(1);

  private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PAUSE_NANOS = 2_000_000;

  private final DiskKind kind;
  private final Path folder;
  private final Path image;
  private final Path mount;
  private final Path fuse;
  private boolean closed;
  private String device = "";
  private Optional<ProcessHandle> server = Optional.empty();
  private Optional<ProcessHandle> driver = Optional.empty();
  private int starts;

  private NbdDisk(Scratch scratch, DiskKind kind) {
    this.kind = kind;
    folder = scratch.directory();
    image = scratch.resolve("image");
    mount = scratch.resolve("mount");
    fuse = scratch.resolve("fuse");
  }

  /// @throws CannotRun if something that it consists of is not there
  static void require() throws CannotRun {
    Command.require("nbdkit", "nbdfuse", "fusermount3", "losetup");
    if (Files.notExists(Path.of("/dev/fuse"))) {
      throw new CannotRun("there is no /dev/fuse");
    }
  }

  /// Makes and mounts one in `scratch`.
  static NbdDisk create(Scratch scratch, DiskKind kind) throws IOException, CannotRun {
    NbdDisk disk = new NbdDisk(scratch, kind);
    Command.run("truncate", "-s", Long.toString(kind.sizeBytes()), disk.image.toString());
    Files.createDirectory(disk.mount);
    Files.createDirectory(disk.fuse);
    ONE.acquireUninterruptibly();
    Cleanup.add(disk);
    try {
      disk.connect();
      Command.run(kind.maker(disk.device));
      disk.mount();
    } catch (IOException refused) {
      disk.close();
      throw new CannotRun(refused.getMessage());
    }
    return disk;
  }

  @Override
  public Path root() {
    return mount;
  }

  DiskKind kind() {
    return kind;
  }

  /// The file that makes writes fail as long as it exists.
  Path switchFile() {
    return folder.resolve("fail");
  }

  @Override
  public void arm() {}

  @Override
  public synchronized void cut(SplittableRandom random) {
    server.ifPresent(NbdDisk::kill);
  }

  @Override
  public synchronized void restore() throws IOException {
    Files.deleteIfExists(switchFile());
    Command.run("umount", mount.toString());
    disconnect();
    connect();
    mount();
  }

  private synchronized void mount() throws IOException {
    if (closed) {
      throw new IOException(image + ": is closed");
    }
    Command.run("mount", device, mount.toString());
  }

  private synchronized void connect() throws IOException {
    if (closed) {
      throw new IOException(image + ": is closed");
    }
    starts++;
    Path socket = folder.resolve("socket" + starts);
    server = Optional.of(serve(socket));
    driver = Optional.of(drive(socket));
    device = Command.run("losetup", "--find", "--show", fuse.resolve("nbd").toString()).strip();
  }

  /// Returns when the server takes requests.
  private ProcessHandle serve(Path socket) throws IOException {
    Path pid = numberFile("nbdkit");
    Command.run(
        "nbdkit",
        "--pidfile=" + pid,
        "--unix=" + socket,
        "--filter=error",
        "--filter=cache",
        "file",
        image.toString(),
        "cache=writeback",
        "error=EIO",
        "error-pwrite-rate=100%",
        "error-file=" + switchFile());
    // It has gone to the background, so that nobody can say yet whether it lives.
    long number = awaitNumber(pid, () -> true);
    return ProcessHandle.of(number).orElseThrow(() -> new IOException("nbdkit has ended"));
  }

  /// Whoever writes its process number there is ready.
  private Path numberFile(String program) {
    return folder.resolve(program + starts + ".pid");
  }

  /// @throws IOException if the program has ended before, or takes too long
  private static long awaitNumber(Path file, BooleanSupplier lives) throws IOException {
    long deadline = System.nanoTime() + READY_NANOS;
    while (true) {
      boolean lived = lives.getAsBoolean();
      String text = Files.exists(file) ? Files.readString(file) : "";
      if (!text.isBlank()) {
        Files.delete(file);
        return Long.parseLong(text.strip());
      }
      if (!lived || System.nanoTime() > deadline) {
        throw new IOException(
            file + (lived ? ": nobody is ready" : ": the program ended before it was ready"));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private ProcessHandle drive(Path socket) throws IOException {
    Path pid = numberFile("nbdfuse");
    Process process =
        Command.start(
                List.of(
                    "nbdfuse",
                    "--pidfile=" + pid,
                    fuse.toString(),
                    "nbd+unix:///?socket=" + socket))
            .redirectErrorStream(true)
            // When its server is killed, it complains.
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      long _ = awaitNumber(pid, process::isAlive);
    } catch (IOException failure) {
      process.destroyForcibly();
      attempt(new ArrayList<>(), "fusermount3", "-u", "-z", fuse.toString());
      throw failure;
    }
    return process.toHandle();
  }

  private void disconnect() throws IOException {
    List<IOException> failures = new ArrayList<>();
    if (!device.isEmpty()) {
      attempt(failures, "losetup", "--detach", device);
      device = "";
    }
    if (driver.isPresent()) {
      attempt(failures, "fusermount3", "-u", "-z", fuse.toString());
      driver.ifPresent(NbdDisk::kill);
    }
    server.ifPresent(NbdDisk::kill);
    driver = Optional.empty();
    server = Optional.empty();
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private static void attempt(List<IOException> failures, String... command) {
    try {
      Command.run(command);
    } catch (IOException failure) {
      failures.add(failure);
    }
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      // Lazily: a process that is about to die must not keep the disk.
      attempt(new ArrayList<>(), "umount", "--lazy", mount.toString());
      disconnect();
      Cleanup.remove(this);
    } finally {
      ONE.release();
    }
  }
}
