package org.tuffdb.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// Brings a recovered file to the disk: copies it as far as it is needed, syncs the copy, and puts
/// it in the file's place.
///
/// To sync the file itself would be worth nothing. If an earlier sync has failed, the kernel has
/// marked the pages as clean: they can be read, are not on the disk, and the next sync answers "ok"
/// without writing them. To write them once more helps only where something was on the disk before.
/// Where the failed sync was the first of a page, ext4 has a block for it that it could not note to
/// hold anything; it writes there, answers "ok", and after a power cut reads zeros.
///
/// A power cut in the middle leaves the old file, or the copy. Where the old one was durable, the
/// two are equal.
public final class LogCopy {
  private static final int CHUNK_BYTES = 1 << 20;

  private LogCopy() {}

  /// Makes the first `sizeBytes` of log file `number`, which are sound records, survive a power
  /// cut, once its directory is synced; the file ends behind them.
  ///
  /// @throws IOException after which the file is as it was; it may be tried again
  public static void run(FileSystem files, Path path, long number, long sizeBytes)
      throws IOException {
    Path copy = FileNames.copy(path);
    if (files.exists(copy)) {
      files.delete(copy);
    }
    try {
      copy(files, path, copy, sizeBytes);
      requireWhole(files, copy, number, sizeBytes);
      files.rename(copy, path);
    } catch (IOException | RuntimeException failure) {
      discard(files, copy, failure);
      throw failure;
    }
  }

  private static void copy(FileSystem files, Path path, Path copy, long sizeBytes)
      throws IOException {
    try (ReadFile content = files.openForRead(path);
        WriteFile file = files.create(copy)) {
      byte[] chunk = new byte[(int) Math.min(sizeBytes, CHUNK_BYTES)];
      for (long at = 0; at < sizeBytes; at += chunk.length) {
        int length = (int) Math.min(chunk.length, sizeBytes - at);
        if (content.read(at, chunk, 0, length) < length) {
          throw new EOFException(path + ": was cut to less than " + sizeBytes + " bytes");
        }
        file.write(at, chunk, 0, length);
      }
      file.sync();
    }
  }

  /// A page whose sync has failed may have been dropped from memory since it was replayed: it is
  /// read from the disk then, as it was before.
  private static void requireWhole(FileSystem files, Path copy, long number, long sizeBytes)
      throws IOException {
    long endOffset = LogFormat.FIRST_RECORD_AT;
    try (LogReader reader = new LogReader(files, copy, FileHeader.Kind.LOG, number)) {
      while (reader.next()) {
        endOffset = reader.endOffset();
      }
    }
    if (endOffset != sizeBytes) {
      throw new IOException(
          "%s: holds sound records up to %d, and %d bytes were replayed: the file has changed since"
              .formatted(copy, endOffset, sizeBytes));
    }
  }

  /// The disk may be full. What cannot be deleted is left to the next opening.
  private static void discard(FileSystem files, Path copy, Exception failure) {
    try {
      if (files.exists(copy)) {
        files.delete(copy);
      }
    } catch (IOException another) {
      failure.addSuppressed(another);
    }
  }
}
