package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A directory that several threads create files in, none of whom may miss that a sync has failed.
///
/// A failed sync may have lost what any of them has created so far, and the system says so once: a
/// sync after it may well succeed, and has made nothing of that durable. So there is one sync at a
/// time, and after one that failed each throws its failure.
public final class LatchedDirectory implements Directory {
  private final Directory inner;

  /// Guarded by this.
  private @Nullable Throwable broken;

  /// Takes over `inner`: it is closed with this one.
  public LatchedDirectory(Directory inner) {
    this.inner = inner;
  }

  @Override
  public Path path() {
    return inner.path();
  }

  @Override
  public synchronized void sync() throws IOException {
    if (broken != null) {
      throw new IOException(path() + ": a sync of the directory has failed before", broken);
    }
    try {
      inner.sync();
    } catch (Throwable e) {
      broken = e;
      throw e;
    }
  }

  @Override
  public void requireInPlace() throws IOException {
    inner.requireInPlace();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }
}
