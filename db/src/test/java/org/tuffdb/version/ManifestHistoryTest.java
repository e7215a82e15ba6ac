package org.tuffdb.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.MemoryFileSystem;

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
}
