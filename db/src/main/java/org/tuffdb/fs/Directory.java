package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// An open directory.
public interface Directory extends Closeable {
  Path path();

  /// Makes all creations, renames and deletions in this directory so far survive a power cut. A
  /// failure, also for a full disk, is a plain [IOException]: which of them are durable is then
  /// unknown.
  void sync() throws IOException;

  /// Makes sure that [#path()] still leads to this directory. Where somebody has moved it away and
  /// put another in its place, such as a store brought back from a backup, whatever is created or
  /// deleted by its path would harm that one.
  ///
  /// @throws IOException if it does not
  void requireInPlace() throws IOException;
}
