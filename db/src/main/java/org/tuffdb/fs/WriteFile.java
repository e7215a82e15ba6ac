package org.tuffdb.fs;

import java.io.Closeable;
import java.io.IOException;

/// A file open for writing. One thread writes at a time; another may sync meanwhile.
public interface WriteFile extends Closeable {
  /// Hands bytes to the operating system, all of them or an exception (a part may then have been
  /// written). They survive the end of the process, and a power cut only after [#sync()].
  void write(long position, byte[] bytes, int offset, int length) throws IOException;

  /// The same as [#write] for a range that has been written before, and some ten times cheaper
  /// where the file can be mapped, since it needs no system call. A later sync of bytes that came
  /// this way costs more.
  void store(long position, byte[] bytes, int offset, int length) throws IOException;

  /// Makes what was written before this call survive a power cut, the file's size included. After a
  /// failure the bytes may be lost although a later sync says that all is well: never try again,
  /// write to a new file. That holds for a full disk, too, so this throws no [NoSpaceException].
  void sync() throws IOException;

  /// Has what was written so far go to the disk, so that a later sync finds less to do. It promises
  /// nothing, and takes nothing from the promise of [#sync()], which fails where this has failed.
  /// For any thread, beside the others.
  default void writeBack() throws IOException {}

  /// The size of the file in bytes.
  long sizeBytes() throws IOException;
}
