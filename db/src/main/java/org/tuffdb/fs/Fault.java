package org.tuffdb.fs;

import java.io.IOException;

/// A way in which a call fails.
public enum Fault {
  /// The disk reports an error, and the call has done nothing.
  IO_ERROR("Input/output error"),
  /// There is no room, and the call has done nothing.
  NO_SPACE("No space left on device"),
  /// The process has as many files open as it may.
  TOO_MANY_OPEN_FILES("Too many open files"),
  /// A write puts half of its bytes into the file before the disk is full, or all but one.
  SHORT_WRITE("No space left on device"),
  /// The call does all its work, and an error is reported all the same.
  ERROR_AFTERWARDS("Input/output error");

  private final String text;

  Fault(String text) {
    this.text = text;
  }

  /// Whether a call of this kind can fail in this way.
  public boolean appliesTo(FileCall.Kind kind) {
    return switch (this) {
      case IO_ERROR -> true;
      case NO_SPACE, ERROR_AFTERWARDS -> kind.changes();
      case TOO_MANY_OPEN_FILES ->
          switch (kind) {
            case CREATE_DIRECTORY,
                OPEN_DIRECTORY,
                LIST,
                CREATE,
                OPEN_FOR_OVERWRITE,
                OPEN_FOR_READ,
                LOCK ->
                true;
            default -> false;
          };
      case SHORT_WRITE -> kind == FileCall.Kind.WRITE || kind == FileCall.Kind.STORE;
    };
  }

  IOException exception(FileCall call) {
    String message = call.path() + ": injected into `" + call + "`: " + text;
    return switch (this) {
      case NO_SPACE, SHORT_WRITE -> new NoSpaceException(message, null);
      case IO_ERROR, TOO_MANY_OPEN_FILES, ERROR_AFTERWARDS -> new IOException(message);
    };
  }
}
