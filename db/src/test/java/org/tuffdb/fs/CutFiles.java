package org.tuffdb.fs;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/// Files that can be cut while they are open for reading.
public final class CutFiles {
  /// Where every file ends that is larger.
  public long end = Long.MAX_VALUE;

  private final FileSystem files;

  public CutFiles(FileSystem files) {
    this.files = files;
  }

  /// Opens files for reading, and does nothing else.
  public FileSystem system() {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (_, _, arguments) -> new CutFile(files.openForRead((Path) arguments[0]), this));
  }

  private record CutFile(ReadFile file, CutFiles files) implements WrappedReadFile {
    private int cut(long position, long length) {
      return (int) Math.clamp(files.end - position, 0, length);
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      return file.read(position, into, offset, cut(position, length));
    }

    @Override
    public int read(long position, MemorySegment into) throws IOException {
      return file.read(position, into.asSlice(0, cut(position, into.byteSize())));
    }
  }
}
