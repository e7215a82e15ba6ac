package org.tuffdb.fs;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A directory held open. On Windows, where a directory cannot be synced, `sync` does nothing: NTFS
/// journals its entries, but when they reach the disk is up to it.
final class DiskDirectory implements Directory {
  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private final Path path;
  private final @Nullable Object fileKey;
  private final @Nullable AsynchronousFileChannel channel;

  private DiskDirectory(
      Path path, @Nullable Object fileKey, @Nullable AsynchronousFileChannel channel) {
    this.path = path;
    this.fileKey = fileKey;
    this.channel = channel;
  }

  static DiskDirectory open(Path path) throws IOException {
    try {
      if (!Files.isDirectory(path)) {
        // Also names a path at which there is nothing.
        path.getFileSystem().provider().checkAccess(path);
        throw new NotDirectoryException(path.toString());
      }
      return new DiskDirectory(
          path,
          fileKey(path),
          WINDOWS ? null : AsynchronousFileChannel.open(path, StandardOpenOption.READ));
    } catch (IOException e) {
      throw DiskError.of("open directory", path, 0, e);
    }
  }

  private static @Nullable Object fileKey(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public void sync() throws IOException {
    if (channel == null) {
      return;
    }
    StackRoom.require();
    try {
      channel.force(true);
    } catch (IOException e) {
      throw DiskError.ofSync(path, e);
    }
  }

  @Override
  public void requireInPlace() throws IOException {
    Object found;
    try {
      found = fileKey(path);
    } catch (IOException e) {
      throw new IOException(path + ": the directory was moved or deleted while it was in use", e);
    }
    if (!Objects.equals(found, fileKey)) {
      throw new IOException(path + ": another directory was put in its place while it was in use");
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
