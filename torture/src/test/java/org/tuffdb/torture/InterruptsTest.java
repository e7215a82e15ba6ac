package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedByInterruptException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;

class InterruptsTest {
  private static final Settings SETTINGS = new Settings(OptionalInt.empty(), OptionalInt.of(2), 1);

  @Test
  void anInterruptNeitherEndsNorHarmsACall() throws Exception {
    assertThat(new Interrupts().run(SETTINGS))
        .matches("2 s, [1-9]\\d* interrupts, [1-9]\\d* acknowledged writes, .* 0 lost, .*");
  }

  /// The campaign sees files that are closed by an interrupt, as those of a `FileChannel` are.
  @Test
  void filesThatMindInterruptsAreFoundOut() {
    FileSystem minding = minding(FileSystem.class, new MemoryFileSystem());
    assertThatThrownBy(() -> new Interrupts(minding).run(SETTINGS)).isInstanceOf(Violation.class);
  }

  private static <T> T minding(Class<T> type, Object real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (type == WriteFile.class
                  && method.getName().equals("sync")
                  && Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
              }
              try {
                Object result = method.invoke(real, arguments);
                return result instanceof WriteFile ? minding(WriteFile.class, result) : result;
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            }));
  }
}
