package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.fs.FileSystem;

/// Has the disk fail while a file is being synced, once. The kernel tells that sync and no other:
/// what could not be written counts as clean from then on, and is read from memory until it is
/// needed for something else.
final class Lie {
  private final FileKind kind;
  private final Path switchFile;
  private int syncsLeft;
  private boolean told;
  private Consumer<IOException> whenTold = failure -> {};

  /// @param nth which sync of such a file it is; the one after it, if that has nothing to write
  /// @param switchFile of a [NbdDisk]
  Lie(FileKind kind, int nth, Path switchFile) {
    this.kind = kind;
    this.switchFile = switchFile;
    this.syncsLeft = nth;
  }

  /// As a process hands it to another one.
  List<String> arguments() {
    return List.of(kind.name(), Integer.toString(syncsLeft), switchFile.toString());
  }

  static Lie of(List<String> arguments) {
    return new Lie(
        FileKind.valueOf(arguments.get(0)),
        Integer.parseInt(arguments.get(1)),
        Path.of(arguments.get(2)));
  }

  /// The operating system's files.
  ///
  /// @param told hears of the failure, whatever the store makes of it
  FileSystem files(Consumer<IOException> told) {
    whenTold = told;
    return Intercepted.files(FileSystem.disk(), this::around);
  }

  private @Nullable Object around(Class<?> type, Path path, String name, Intercepted.Real real)
      throws Throwable {
    return name.equals("sync") && kind.is(type, path) && isDue() ? lied(real) : real.call();
  }

  private synchronized boolean isDue() {
    return !told && --syncsLeft <= 0;
  }

  private synchronized @Nullable Object lied(Intercepted.Real real) throws Throwable {
    Files.createFile(switchFile);
    try {
      return real.call();
    } catch (IOException failure) {
      told = true;
      whenTold.accept(failure);
      throw failure;
    } finally {
      Files.delete(switchFile);
    }
  }
}
