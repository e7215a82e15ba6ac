package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A file system in an image file, on a loop device. It is unmounted when it is closed, and when
/// this process ends; the image stays.
final class LoopDisk implements PowerDisk {
  private final Path image;
  private final Path mount;
  private boolean mounted;
  private boolean closed;
  private @Nullable Plug plug;

  private LoopDisk(Path image, Path mount) {
    this.image = image;
    this.mount = mount;
  }

  /// Makes and mounts one in `scratch`.
  ///
  /// @throws CannotRun if it cannot be mounted
  static LoopDisk create(Scratch scratch, DiskKind kind, long sizeBytes)
      throws IOException, CannotRun {
    LoopDisk disk = new LoopDisk(scratch.resolve("image"), scratch.resolve("mount"));
    Command.run("truncate", "-s", Long.toString(sizeBytes), disk.image.toString());
    Command.run(kind.maker(disk.image.toString()));
    Files.createDirectory(disk.mount);
    Cleanup.add(disk);
    try {
      disk.mount();
    } catch (IOException refused) {
      throw new CannotRun(refused.getMessage());
    }
    return disk;
  }

  @Override
  public Path root() {
    return mount;
  }

  @Override
  public void arm() throws IOException {
    plug = Plug.of(mount);
  }

  @Override
  public void cut(SplittableRandom random) throws IOException {
    Plug armed = Objects.requireNonNull(plug);
    armed.pull(random.nextInt(4) == 0 ? Plug.Journal.WRITTEN : Plug.Journal.LOST);
    plug = null;
  }

  @Override
  public void restore() throws IOException {
    unmount();
    mount();
  }

  private synchronized void mount() throws IOException {
    if (closed) {
      throw new IOException(image + ": is closed");
    }
    Command.run("mount", "-o", "loop", image.toString(), mount.toString());
    mounted = true;
  }

  private synchronized void unmount() throws IOException {
    Command.run("umount", mount.toString());
    mounted = false;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (plug != null) {
      plug.close();
    }
    if (mounted) {
      // Lazily: a process that is about to die must not keep the image mounted.
      Command.run("umount", "--lazy", mount.toString());
      mounted = false;
    }
    Cleanup.remove(this);
  }
}
