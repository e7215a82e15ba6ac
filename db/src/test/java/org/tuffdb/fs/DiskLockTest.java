package org.tuffdb.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.error.DbLockedException;

class DiskLockTest {
  @TempDir Path home;

  private String lockElsewhere() throws IOException, InterruptedException {
    Process process = DiskProcess.start(List.of(), "lock", home.resolve("LOCK").toString());
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      process.getOutputStream().close();
      process.waitFor();
      return line;
    }
  }

  @Test
  void anotherProcessIsRefusedAndToldWhatToDo() throws Exception {
    try (DirectoryLock _ = FileSystem.disk().lock(home.resolve("LOCK"))) {
      assertThat(lockElsewhere())
          .contains(DbLockedException.class.getName(), home.toString(), "another process", "Close");
    }
    assertThat(lockElsewhere()).isEqualTo("locked");
  }

  @Test
  void aProcessThatDiesLeavesTheLockFree() throws Exception {
    Process process = DiskProcess.start(List.of(), "lock", home.resolve("LOCK").toString());
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("locked");
      assertThatThrownBy(() -> FileSystem.disk().lock(home.resolve("LOCK")))
          .isInstanceOf(DbLockedException.class)
          .hasMessageContaining("another process");
    }
    process.destroyForcibly().waitFor();
    FileSystem.disk().lock(home.resolve("LOCK")).close();
  }

  @Test
  void aRefusedAttemptDoesNotDropTheLock() throws Exception {
    Path byLink = Files.createSymbolicLink(home.resolve("link"), home);
    Path other = Files.createDirectory(home.resolve("other"));
    try (DirectoryLock _ = FileSystem.disk().lock(home.resolve("LOCK"))) {
      // Known by its real path: the file is not even opened, which would cost a descriptor.
      assertThatThrownBy(() -> FileSystem.disk().lock(byLink.resolve("LOCK")))
          .isInstanceOf(DbLockedException.class)
          .hasNoCause();
      // The same file under a path that cannot be told from another file's.
      Files.createLink(other.resolve("LOCK"), home.resolve("LOCK"));
      assertThatThrownBy(() -> FileSystem.disk().lock(other.resolve("LOCK")))
          .isInstanceOf(DbLockedException.class);
      assertThat(lockElsewhere()).contains(DbLockedException.class.getName());
    }
  }
}
