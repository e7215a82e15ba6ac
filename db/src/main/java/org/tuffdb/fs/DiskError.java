package org.tuffdb.fs;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// Gives a failed call an exception that names the file, and tells a full disk from other failures.
///
/// The JDK hands on the text of `strerror`, which may be in the user's language, and no number. So
/// besides the two English texts the room that is left decides.
final class DiskError {
  /// The unit in which file systems give out space. What fits into less than this still fails when
  /// there is none left.
  private static final long BLOCK_BYTES = 4096;

  private DiskError() {}

  /// The exception to throw after `cause` ended an attempt to `action` that needed up to
  /// `neededBytes` more on the disk.
  static IOException of(String action, Path path, long neededBytes, IOException cause) {
    return switch (cause) {
      case NoSpaceException full -> full;
      case FileSystemException known when known.getReason() == null -> named(action, known);
      case IOException other -> unnamed(action, path, neededBytes, other);
    };
  }

  /// These the JDK tells by their types alone, which some callers tell apart: they get words too.
  private static IOException named(String action, FileSystemException cause) {
    String file = cause.getFile();
    String cannot = "cannot " + action + ": ";
    IOException named =
        switch (cause) {
          case NoSuchFileException _ ->
              new NoSuchFileException(file, null, cannot + "there is no such file or directory");
          case FileAlreadyExistsException _ ->
              new FileAlreadyExistsException(file, null, cannot + "there is such a file already");
          case AccessDeniedException _ ->
              new AccessDeniedException(file, null, cannot + "permission denied");
          case NotDirectoryException _ ->
              new FileSystemException(file, null, cannot + "it is not a directory");
          default -> new FileSystemException(file, null, cannot + cause.getClass().getSimpleName());
        };
    named.initCause(cause);
    return named;
  }

  private static IOException unnamed(
      String action, Path path, long neededBytes, IOException cause) {
    String text = text(cause);
    if (saysNoSpace(text) || (!saysOtherwise(text) && isFull(path, neededBytes))) {
      return new NoSpaceException(path + ": cannot " + action + ": " + text, cause);
    }
    return cause instanceof FileSystemException
        ? cause
        : new IOException(path + ": cannot " + action + ": " + text, cause);
  }

  /// The exception to throw after a sync ended with `cause`. That the disk is full is no refusal
  /// there: nothing is known of what was written.
  static IOException ofSync(Path path, IOException cause) {
    return new IOException(path + ": cannot sync: " + text(cause), cause);
  }

  private static String text(IOException cause) {
    String text =
        cause instanceof FileSystemException failure ? failure.getReason() : cause.getMessage();
    return text == null ? cause.getClass().getSimpleName() : text;
  }

  private static boolean saysNoSpace(String text) {
    return text.contains("No space left on device")
        || text.contains("Disk quota exceeded")
        || text.contains("not enough space on the disk");
  }

  /// Whether the text is one that we know and that has another reason.
  private static boolean saysOtherwise(String text) {
    return text.contains("Input/output error")
        || text.contains("Too many open files")
        || text.contains("Closed");
  }

  private static boolean isFull(Path path, long neededBytes) {
    Path directory = path.toAbsolutePath().getParent();
    try {
      return directory != null
          && Files.getFileStore(directory).getUsableSpace() < Math.max(BLOCK_BYTES, neededBytes);
    } catch (IOException e) {
      // The disk does not answer even this: it has another illness than being full.
      return false;
    }
  }
}
