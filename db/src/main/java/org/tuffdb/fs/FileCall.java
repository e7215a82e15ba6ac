package org.tuffdb.fs;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One call of a file system, as told to a [FileCallListener] before it is carried out.
///
/// @param index counts the calls of one file system from 0
/// @param kind what is called
/// @param path the file or directory that it concerns
/// @param target the new name in a rename, else null
/// @param position where a read, write or store begins, else 0
/// @param length the bytes of a read, write or store, else 0
public record FileCall(
    long index, Kind kind, Path path, @Nullable Path target, long position, int length) {

  /// What can be called.
  public enum Kind {
    CREATE_DIRECTORY("create-dir"),
    OPEN_DIRECTORY("open-dir"),
    LIST("list"),
    EXISTS("exists"),
    CREATE("create"),
    OPEN_FOR_OVERWRITE("open-overwrite"),
    OPEN_FOR_READ("open-read"),
    RENAME("rename"),
    DELETE("delete"),
    LOCK("lock"),
    READ("read"),
    MAP("map"),
    SIZE("size"),
    WRITE("write"),
    STORE("store"),
    WRITE_BACK("write-back"),
    SYNC("sync"),
    SYNC_DIRECTORY("sync-dir"),
    CLOSE("close");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /// Whether a call of this kind changes what the file system holds, or what of it is durable.
    public boolean changes() {
      return switch (this) {
        case CREATE_DIRECTORY, CREATE, RENAME, DELETE, LOCK, WRITE, STORE, SYNC, SYNC_DIRECTORY ->
            true;
        case OPEN_DIRECTORY,
            LIST,
            EXISTS,
            OPEN_FOR_OVERWRITE,
            OPEN_FOR_READ,
            READ,
            MAP,
            SIZE,
            WRITE_BACK,
            CLOSE ->
            false;
      };
    }
  }

  /// A line for a listing, such as `write 000003.log 64..172` or `rename CURRENT.new CURRENT`.
  @Override
  public String toString() {
    String line = kind.word + " " + name(path);
    if (target != null) {
      return line + " " + name(target);
    }
    return switch (kind) {
      case READ, WRITE, STORE -> line + " " + position + ".." + (position + length);
      default -> line;
    };
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return String.valueOf(name == null ? path : name);
  }
}
