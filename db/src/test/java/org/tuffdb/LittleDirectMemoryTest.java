package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.error.StalledException;
import org.tuffdb.fs.MemoryFileSystem;

/// The JVM gives less memory outside the heap than `Options.memory` promises.
class LittleDirectMemoryTest {
  private static final int VALUE_BYTES = 16 << 20;

  /// What does not fit is refused as beyond the budget, each time anew. Nothing of it may stay: the
  /// memory of a memtable that is never filled would be missed by the writes to come.
  @Test
  void writesAreRefusedAndLeaveNothingBehind() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxDirectMemorySize=8m",
                "-cp",
                classPath(),
                LittleDirectMemoryTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> output = process.inputReader().readAllLines();
    assertThat(process.waitFor()).isZero();
    assertThat(output).containsExactly("refused", "refused", "refused", "1 memtable, writable");
  }

  private static String classPath() {
    // The tests are patched into the module: its own place is that of the main classes.
    Path classes = Path.of(Db.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    return classes + System.getProperty("path.separator") + classes.resolveSibling("test-classes");
  }

  /// The process with little memory.
  public static void main(String[] args) throws IOException {
    Options options = Options.builder().memory(1 << 30).build();
    try (Db db = SmallStore.builder(new MemoryFileSystem()).options(options).open()) {
      for (int i = 0; i < 3; i++) {
        System.out.println(put(db));
      }
      db.put(new byte[1], new byte[1]);
      Stats stats = db.stats();
      System.out.printf(
          "%d memtable, %s%n",
          stats.keyspaces().getFirst().memtables(), stats.writable() ? "writable" : "read-only");
    }
  }

  private static String put(Db db) {
    try {
      db.put(new byte[1], new byte[VALUE_BYTES]);
      return "accepted";
    } catch (StalledException refused) {
      return "refused";
    }
  }
}
