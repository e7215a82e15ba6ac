package org.tuffdb.fs;

/// Is told of each call of a file system just before it is carried out, on the calling thread and
/// with no lock held: it may take a crash state, or wait while other threads go on.
@FunctionalInterface
public interface FileCallListener {
  /// `call` is about to happen.
  void beforeCall(FileCall call);
}
