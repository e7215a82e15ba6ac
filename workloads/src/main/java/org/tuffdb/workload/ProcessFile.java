package org.tuffdb.workload;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/// A file in which Linux tells figures of this process, such as `RssAnon: 35000 kB` or
/// `write_bytes: 5`. It is read again and again without garbage, which would count for the store
/// that is measured meanwhile.
final class ProcessFile {
  private static final int BYTES_MAX = 8 << 10;

  private final byte[] buffer = new byte[BYTES_MAX];
  private final @Nullable RandomAccessFile file;
  private int length;

  ProcessFile(String path) {
    this.file = open(path);
  }

  private static @Nullable RandomAccessFile open(String path) {
    try {
      return new RandomAccessFile(path, "r");
    } catch (IOException notLinux) {
      return null;
    }
  }

  /// Takes what it tells now.
  void read() {
    length = 0;
    if (file != null) {
      try {
        file.seek(0);
        length = Math.max(0, file.read(buffer));
      } catch (IOException notReadable) {
        length = 0;
      }
    }
  }

  /// The bytes in the line that begins with `name`; -1 if there is none.
  long bytes(byte[] name) {
    int at = find(name);
    if (at < 0) {
      return -1;
    }
    long number = 0;
    for (; at < length && buffer[at] != '\n' && buffer[at] != 'k'; at++) {
      if (buffer[at] >= '0' && buffer[at] <= '9') {
        number = 10 * number + buffer[at] - '0';
      }
    }
    return at < length && buffer[at] == 'k' ? number << 10 : number;
  }

  /// Where the line goes on behind `name`.
  private int find(byte[] name) {
    for (int at = 0; at + name.length <= length; at++) {
      if ((at == 0 || buffer[at - 1] == '\n') && isAt(at, name)) {
        return at + name.length;
      }
    }
    return -1;
  }

  private boolean isAt(int at, byte[] name) {
    int i = 0;
    while (i < name.length && buffer[at + i] == name[i]) {
      i++;
    }
    return i == name.length;
  }
}
