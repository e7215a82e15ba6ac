package org.tuffdb;

import org.jspecify.annotations.Nullable;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.NoSpaceException;

/// That flushes, or compactions, have found the disk full. Thread-safe.
final class MissingSpace {
  private final String what;
  private final Listener listener;
  private volatile @Nullable NoSpaceException full;

  /// @param what finds it full
  MissingSpace(String what, Listener listener) {
    this.what = what;
    this.listener = listener;
  }

  /// Tells the listener when it begins.
  void found(NoSpaceException failure) {
    if (full == null) {
      listener.on(new Event.SpaceMissing(what, failure));
    }
    full = failure;
  }

  /// There is room, or may be. Returns whether some was missing.
  boolean over() {
    boolean wasMissing = full != null;
    full = null;
    return wasMissing;
  }

  /// @param remedy what the caller can do
  /// @throws OutOfSpaceException if space is missing
  void refuse(String remedy) {
    NoSpaceException failure = full;
    if (failure != null) {
      throw new OutOfSpaceException("the disk is full: " + remedy, failure);
    }
  }
}
