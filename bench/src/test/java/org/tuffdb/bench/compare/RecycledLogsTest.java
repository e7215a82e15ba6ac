package org.tuffdb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.Compression;
import org.tuffdb.workload.Run;
import org.tuffdb.workload.Settings;
import org.tuffdb.workload.Workloads;

/// `rocksdb-recycle` is another store than `rocksdb` only if its measured log file is an old one.
class RecycledLogsTest {
  private static final int ENTRIES = 2_000;

  @TempDir private Path directory;

  private long reused(String store) throws Exception {
    Path place = directory.resolve(store);
    Settings settings =
        new Settings(place, ENTRIES, 100, 0, 0.1, 64 << 20, Compression.NONE, false, 0, 1);
    Peers.loadLibrary(store);
    Run.run(store, Peers.opener(store), Workloads.named("fillsync-1").orElseThrow(), settings);
    long count = 0;
    for (Path said : logs(place)) {
      count +=
          Files.readAllLines(said).stream().filter(line -> line.contains("reusing log")).count();
    }
    return count;
  }

  /// What RocksDB has said, not what it has written ahead.
  private static List<Path> logs(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.filter(file -> file.getFileName().toString().startsWith("LOG")).toList();
    }
  }

  @Test
  void theMeasuredLogIsARecycledOne() throws Exception {
    assertThat(reused(Peers.ROCKSDB_RECYCLE)).isGreaterThanOrEqualTo(2);
  }

  @Test
  void thatOfTheCommonSetUpIsNew() throws Exception {
    assertThat(reused(Peers.ROCKSDB)).isZero();
  }
}
