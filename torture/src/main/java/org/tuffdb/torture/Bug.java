package org.tuffdb.torture;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.fs.WriteFile;

/// What can be put into a store for a campaign to find: beneath it, where files are called.
enum Bug {
  NONE,
  LOG_NOT_SYNCED,
  TABLE_NOT_SYNCED,
  MANIFEST_NOT_SYNCED,
  DIRECTORY_NOT_SYNCED,
  /// A write that finds no room says that all is well.
  FULL_DISK_IGNORED;

  /// The files of the operating system, called in this way.
  FileSystem files() {
    return this == NONE
        ? FileSystem.disk()
        : wrap(FileSystem.class, FileSystem.disk(), Path.of(""));
  }

  private <T> T wrap(Class<T> type, Object real, Path path) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().equals("sync") && isLeftOut(type, path)) {
                return null;
              }
              try {
                return wrapped(method.invoke(real, arguments), arguments);
              } catch (InvocationTargetException failure) {
                if (isIgnored(method, failure.getCause())) {
                  return null;
                }
                throw failure.getCause();
              }
            }));
  }

  private boolean isLeftOut(Class<?> type, Path path) {
    String name = String.valueOf(path.getFileName());
    return switch (this) {
      case NONE, FULL_DISK_IGNORED -> false;
      case LOG_NOT_SYNCED -> FileNames.logNumber(name).isPresent();
      case TABLE_NOT_SYNCED -> FileNames.tableNumber(name).isPresent();
      case MANIFEST_NOT_SYNCED -> FileNames.manifestNumber(name).isPresent();
      case DIRECTORY_NOT_SYNCED -> type == Directory.class;
    };
  }

  private boolean isIgnored(Method method, @Nullable Throwable failure) {
    return this == FULL_DISK_IGNORED
        && failure instanceof NoSpaceException
        && method.getReturnType() == void.class;
  }

  private @Nullable Object wrapped(@Nullable Object result, Object @Nullable [] arguments) {
    return switch (result) {
      case WriteFile file when arguments != null ->
          wrap(WriteFile.class, file, (Path) arguments[0]);
      case Directory directory when arguments != null ->
          wrap(Directory.class, directory, (Path) arguments[0]);
      case null, default -> result;
    };
  }
}
