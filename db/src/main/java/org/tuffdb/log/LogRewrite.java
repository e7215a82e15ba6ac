package org.tuffdb.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// Brings a part of a recovered file to the disk: writes it over itself, and syncs it.
///
/// Without the writing, the sync would be worth nothing. If an earlier one has failed, the kernel
/// has marked the pages as clean: they can be read, are not on the disk, and the next sync answers
/// "ok" without writing them. A page that is written counts as changed, whatever it held.
///
/// The bytes are the same, so a power cut in the middle leaves of each sector what the cache showed
/// or what the disk held. Where that was durable, the two are equal.
public final class LogRewrite {
  private static final int CHUNK_BYTES = 1 << 20;

  private LogRewrite() {}

  /// Makes the bytes of a file between two offsets survive a power cut.
  ///
  /// @throws IOException after which they may be on the disk or not; it may be tried again
  public static void run(FileSystem files, Path path, long from, long to) throws IOException {
    try (ReadFile content = files.openForRead(path);
        WriteFile file = files.openForOverwrite(path)) {
      byte[] chunk = new byte[(int) Math.min(to - from, CHUNK_BYTES)];
      for (long at = from; at < to; at += chunk.length) {
        int length = (int) Math.min(chunk.length, to - at);
        if (content.read(at, chunk, 0, length) < length) {
          throw new EOFException(path + ": was cut to less than " + to + " bytes");
        }
        file.write(at, chunk, 0, length);
      }
      file.sync();
    }
  }
}
