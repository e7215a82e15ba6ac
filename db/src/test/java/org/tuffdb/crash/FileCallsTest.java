package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// The calls by which a store changes its files, from opening to closing, are those that are
/// checked in. Whoever changes their order must say so there, and show that it is safe.
class FileCallsTest {
  private static final String SCRIPT = "file-calls.script";

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final List<String> script = new ArrayList<>();

  @Test
  void aStoreWorksByTheScript() throws IOException {
    disk.listen(call -> {
      if (call.kind().changes()) {
        script.add("  " + call);
      }
    });
    ManualClock clock = new ManualClock();
    ManualBackground background = new ManualBackground(clock);
    begin("open");
    Db db = Stores.open(disk, 1, background, clock);
    begin("prepare in the background");
    background.runAll();
    begin("put, synced");
    db.put(bytes("a"), bytes("1"));
    begin("flush");
    db.flush();
    begin("put and flush once more, so that there is something to merge");
    db.put(bytes("a"), bytes("2"));
    db.flush();
    begin("compact");
    db.compact(KeyRange.all());
    begin("put and close");
    db.put(bytes("b"), bytes("3"));
    db.close();
    begin("open again");
    Stores.open(disk, 2, new ManualBackground(clock), clock).close();
    assertThat(String.join("\n", script) + "\n").isEqualTo(checkedIn());
  }

  private void begin(String step) {
    script.add("# " + step);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String checkedIn() throws IOException {
    try (InputStream in = FileCallsTest.class.getResourceAsStream(SCRIPT)) {
      return new String(Objects.requireNonNull(in, SCRIPT).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
