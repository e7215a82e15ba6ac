package org.tuffdb.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.table.TableInfo;

class ManifestHistoryTest {
  private static final Path DIRECTORY = Path.of("/db");

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final List<Edit> edits = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();

  private boolean visit() throws IOException {
    return ManifestHistory.visit(
        files,
        DIRECTORY,
        (manifest, offset, record) -> {
          assertThat(manifest).isEqualTo(DIRECTORY.resolve("MANIFEST-000001"));
          offsets.add(offset);
          edits.addAll(record);
        });
  }

  @Test
  void whereThereIsNoStoreThereIsNothingToTell() throws IOException {
    files.createDirectories(DIRECTORY);
    assertThat(visit()).isFalse();
    assertThat(edits).isEmpty();
  }

  @Test
  void everyEditIsToldInItsOrder() throws IOException {
    files.createDirectories(DIRECTORY);
    Version version = Version.empty().with(List.of(new Edit.NextFile(1)));
    try (Manifest manifest =
        new Manifest(files, files.openDirectory(DIRECTORY), 17, version, new SplittableRandom(1))) {
      manifest.commit(List.of(new Edit.LogAdded(5), new Edit.ReplayFrom(3)));
      manifest.commit(List.of(new Edit.LogDropped(5)));
    }
    assertThat(visit()).isTrue();
    assertThat(edits)
        .containsSubsequence(new Edit.LogAdded(5), new Edit.ReplayFrom(3), new Edit.LogDropped(5));
    assertThat(offsets).isSorted().first().isEqualTo(64L);
    assertThat(offsets).hasSize(3);
  }

  /// A record has a largest size. The parts of the version are on the disk before they count.
  @Test
  void aLargeVersionTakesSeveralRecords() throws IOException {
    files.createDirectories(DIRECTORY);
    List<Edit> tables = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] first = Arrays.copyOf(new byte[] {1, (byte) i}, 60_000);
      byte[] limit = Arrays.copyOf(new byte[] {1, (byte) i, 1}, 60_000);
      TableInfo table = new TableInfo(10 + i, 100, first, limit, 1, 1, 1, 1, 0, 0, false);
      tables.add(new Edit.TableAdded(0, 6, table));
    }
    Version version = Version.empty().with(tables);
    try (Manifest manifest =
        new Manifest(files, files.openDirectory(DIRECTORY), 17, version, new SplittableRandom(1))) {
      Manifest.Recovered read = Objects.requireNonNull(Manifest.read(files, DIRECTORY));
      assertThat(read.version()).isEqualTo(manifest.version());
      assertThat(read.version().keyspaces().firstEntry().getValue().levels().get(6)).hasSize(200);
    }
    List<Integer> records = new ArrayList<>();
    ManifestHistory.visit(files, DIRECTORY, (_, _, record) -> records.add(record.size()));
    assertThat(records).hasSize(2);
  }
}
