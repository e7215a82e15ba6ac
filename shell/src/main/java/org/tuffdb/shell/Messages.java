package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.tuffdb.error.DbException;
import picocli.CommandLine.ExecutionException;

/// What went wrong, in words for who typed the command.
final class Messages {
  private Messages() {}

  /// What a command threw: an error comes wrapped, other than an exception.
  static Throwable cause(Exception thrown) {
    return thrown instanceof ExecutionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /// What `failure` says, in one line.
  static String of(Throwable failure) {
    String text =
        switch (failure) {
          case DbException _, UsageException _, IllegalArgumentException _ -> failure.getMessage();
          case FileSystemException file when file.getReason() == null ->
              file.getFile() + " " + reason(file);
          case IOException _ -> failure.getMessage();
          case OutOfMemoryError _ -> "out of memory: give more by TUFF_JAVA_OPTS=-Xmx…";
          default -> "unexpected: " + failure;
        };
    return String.valueOf(text).replace('\n', ' ');
  }

  private static String reason(FileSystemException file) {
    return switch (file) {
      case NoSuchFileException _ -> "is not there";
      case AccessDeniedException _ -> "may not be read or written";
      case FileAlreadyExistsException _ -> "is there already, and no directory";
      case NotDirectoryException _ -> "is no directory";
      default -> "cannot be used: " + file.getClass().getSimpleName();
    };
  }
}
