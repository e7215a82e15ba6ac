package org.tuffdb.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.WriteFile;

/// One file of a log, open for writing. It is made at its full size beforehand, so that a commit
/// changes no metadata (its sync then writes data only) and so that a full disk shows itself here
/// and not in the middle of a commit. The JDK cannot reserve blocks, hence the zeros. Whether they
/// are on the disk already makes a difference in time alone: see [#writeBack()].
public final class LogSegment implements Closeable {
  /// In what pieces the zeros of a file are written of which the records are mostly stored through
  /// a mapping. Each is as large as a huge page, and lies in the page cache in a way that one entry
  /// of a page table maps. A store into a smaller one costs a fault for each 4 KiB, and its sync as
  /// much again.
  public static final int STORED_CHUNK_BYTES = 2 << 20;

  /// The same of a file of which the records are mostly written and synced one by one: the sync of
  /// a record within a huge page takes 20 microseconds longer.
  public static final int SYNCED_CHUNK_BYTES = 256 << 10;

  private static final byte[] ZEROS = new byte[STORED_CHUNK_BYTES];

  private final Path path;
  private final FileHeader header;
  private final WriteFile file;
  private final long sizeBytes;
  private volatile long firstSequence;

  /// Through the mapping, and by system calls. The appending thread's own.
  private long storedMinusWrittenBytes;

  private LogSegment(Path path, FileHeader header, WriteFile file, long sizeBytes) {
    this.path = path;
    this.header = header;
    this.file = file;
    this.sizeBytes = sizeBytes;
  }

  /// Creates a file of `sizeBytes`, at least a header, and syncs the header. The directory is for
  /// the caller to sync before anything refers to the file. Leaves no file behind if it fails.
  ///
  /// @param chunkBytes [#STORED_CHUNK_BYTES] or [#SYNCED_CHUNK_BYTES]
  public static LogSegment create(
      FileSystem files, Path path, FileHeader header, long sizeBytes, int chunkBytes)
      throws IOException {
    WriteFile file = files.create(path);
    try {
      for (long at = 0; at < sizeBytes; at += chunkBytes) {
        file.write(at, ZEROS, 0, (int) Math.min(chunkBytes, sizeBytes - at));
        if (at == 0) {
          writeHeader(file, header);
          file.sync();
        }
      }
    } catch (Throwable failure) {
      discard(files, path, file, failure);
      throw failure;
    }
    return new LogSegment(path, header, file, sizeBytes);
  }

  /// Makes a new segment of a file that nothing refers to any more: its blocks are there already.
  /// The records in it are told from new ones by their position and salt. If it cannot be opened
  /// for writing it stays, and the next opening deletes it; otherwise as [#create].
  public static LogSegment recycle(FileSystem files, Path old, Path path, FileHeader header)
      throws IOException {
    files.rename(old, path);
    WriteFile file = files.openForOverwrite(path);
    try {
      writeHeader(file, header);
      file.sync();
      return new LogSegment(path, header, file, file.sizeBytes());
    } catch (Throwable failure) {
      discard(files, path, file, failure);
      throw failure;
    }
  }

  /// Creates a file with a header alone, unsynced, that grows as records come: for logs that are
  /// written once and in one go, or rarely.
  public static LogSegment growing(FileSystem files, Path path, FileHeader header)
      throws IOException {
    WriteFile file = files.create(path);
    try {
      writeHeader(file, header);
    } catch (Throwable failure) {
      discard(files, path, file, failure);
      throw failure;
    }
    return new LogSegment(path, header, file, LogFormat.FILE_BYTES_MAX);
  }

  private static void writeHeader(WriteFile file, FileHeader header) throws IOException {
    byte[] bytes = new byte[FileHeader.BYTES];
    header.write(bytes);
    file.write(0, bytes, 0, bytes.length);
  }

  private static void discard(FileSystem files, Path path, WriteFile file, Throwable failure) {
    try {
      file.close();
      files.delete(path);
    } catch (IOException another) {
      failure.addSuppressed(another);
    }
  }

  public Path path() {
    return path;
  }

  public long number() {
    return header.number();
  }

  /// The sequence that the first entry in it has or will have; 0 if it has not been begun, or holds
  /// no entries.
  public long firstSequence() {
    return firstSequence;
  }

  void begin(long sequence) {
    firstSequence = sequence;
  }

  int salt() {
    return header.salt();
  }

  /// The size of the file, which is there from the beginning.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// Has the zeros go to the disk: the first sync of a record would take as long otherwise.
  public void writeBack() throws IOException {
    file.writeBack();
  }

  void write(long offset, byte[] bytes, int from, int length, boolean throughMapping)
      throws IOException {
    if (throughMapping) {
      file.store(offset, bytes, from, length);
      storedMinusWrittenBytes += length;
    } else {
      file.write(offset, bytes, from, length);
      storedMinusWrittenBytes -= length;
    }
  }

  /// In what pieces a file is best made that is used as this one was so far. For the appending
  /// thread.
  public int fittingChunkBytes() {
    return storedMinusWrittenBytes > 0 ? STORED_CHUNK_BYTES : SYNCED_CHUNK_BYTES;
  }

  WriteFile file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
