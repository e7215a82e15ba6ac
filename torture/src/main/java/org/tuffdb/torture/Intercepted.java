package org.tuffdb.torture;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.WriteFile;

/// A file system with something done around its calls.
final class Intercepted {
  private final Interceptor interceptor;

  /// What is done around them.
  @FunctionalInterface
  interface Interceptor {
    /// Makes a call, or not, and returns what it shall return.
    ///
    /// @param type of what is called: a file system, a directory or a file
    /// @param path of the file or directory that is called, empty for the file system itself
    /// @param name of the method
    /// @param real makes the call
    @Nullable Object around(Class<?> type, Path path, String name, Real real) throws Throwable;
  }

  /// The call itself.
  @FunctionalInterface
  interface Real {
    @Nullable Object call() throws Throwable;
  }

  private Intercepted(Interceptor interceptor) {
    this.interceptor = interceptor;
  }

  static FileSystem files(FileSystem real, Interceptor interceptor) {
    return new Intercepted(interceptor).wrap(FileSystem.class, real, Path.of(""));
  }

  private <T> T wrap(Class<T> type, Object real, Path path) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Real call =
                  () -> {
                    try {
                      return method.invoke(real, arguments);
                    } catch (InvocationTargetException failure) {
                      throw failure.getCause();
                    }
                  };
              return wrapped(interceptor.around(type, path, method.getName(), call), arguments);
            }));
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
