package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// Something opened on a [MemoryFileSystem], which knows of it until it is closed.
abstract class MemoryHandle implements Closeable {
  final MemoryFileSystem fileSystem;
  final Path path;
  final Throwable openedAt;

  /// Guarded by the file system, like everything that a handle leads to.
  private boolean open = true;

  MemoryHandle(MemoryFileSystem fileSystem, Path path, String opened) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.openedAt = new Throwable(opened + " " + path);
    fileSystem.opened(this);
  }

  final void announce(FileCall.Kind kind, long position, int length) {
    fileSystem.announce(kind, path, null, position, length);
  }

  final void announce(FileCall.Kind kind) {
    announce(kind, 0, 0);
  }

  /// Called with the file system locked.
  final void checkOpen() throws IOException {
    if (!open) {
      throw new IOException(path + ": is closed");
    }
  }

  /// Called once, when this is closed, with the file system locked.
  void release() {}

  @Override
  public final void close() {
    announce(FileCall.Kind.CLOSE);
    synchronized (fileSystem) {
      if (open) {
        open = false;
        fileSystem.closed(this);
        release();
      }
    }
  }
}
