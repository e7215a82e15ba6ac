package org.tuffdb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tuffdb.Compression;
import org.tuffdb.workload.Result;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Workloads;

/// Each store keeps what it is given, which the workloads check, and says truly what it takes.
class PeersTest {
  private static final int ENTRIES = 2_000;
  private static final long DISK_BYTES_MAX = 100 << 20;

  @TempDir private Path directory;

  static Set<String> stores() {
    return Peers.all().keySet();
  }

  private Result run(String store, String workload) throws Exception {
    Settings settings =
        new Settings(
            directory.resolve(store), ENTRIES, 100, 0, 60, 64 << 20, Compression.NONE, false, 0, 1);
    return Run.run(store, Peers.opener(store), Workloads.named(workload).orElseThrow(), settings);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void keepsWhatItIsGiven(String store) throws Exception {
    Peers.loadLibrary(store);
    run(store, "load-plain");
    run(store, "seekrandom");
    run(store, "mixed");
    run(store, "overwrite");
    assertThat(run(store, "deleterandom").diskBytes()).isLessThan(DISK_BYTES_MAX);
  }
}
