package org.tuffdb.version;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.BatchSamples;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.fuzz.Target;
import org.tuffdb.log.RecordSeal;
import org.tuffdb.table.TableInfo;

/// Reads a manifest. What it says must be the same once it is written and read again, as each
/// opening does.
public final class ManifestTarget implements Target {
  private static final long STORE = 7;
  private static final Path DIRECTORY = Path.of("/");
  private static final Path PATH = FileNames.manifest(DIRECTORY, 1);
  private static final FileHeader HEADER = new FileHeader(FileHeader.Kind.MANIFEST, 1, STORE, 1001);

  @Override
  public String name() {
    return "manifest";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    List<byte[]> seeds = new ArrayList<>();
    try (Directory directory = files.openDirectory(DIRECTORY);
        Manifest manifest =
            new Manifest(files, directory, STORE, Version.empty(), new SplittableRandom(1))) {
      seeds.add(BatchSamples.content(files, manifest.path()));
      manifest.commit(new Edit.LogAdded(2), new Edit.KeyspaceAdded(1, "other"));
      manifest.commit(
          new Edit.TableAdded(0, 0, table(3, "a", "k")),
          new Edit.TableAdded(1, 2, table(4, "", "b")));
      seeds.add(BatchSamples.content(files, manifest.path()));
      manifest.commit(
          new Edit.TableAdded(1, 2, table(5, "b", "")),
          new Edit.Flushed(0, 9),
          new Edit.LogEnded(2, 300),
          new Edit.LogAdded(6),
          new Edit.LogDropped(2),
          new Edit.ReplayFrom(9));
      manifest.commit(
          new Edit.TableRemoved(1, 2, 4), new Edit.KeyspaceDropped(1), new Edit.NextKeyspace(7));
      seeds.add(BatchSamples.content(files, manifest.path()));
    }
    return seeds.stream().map(seed -> RecordSeal.seal(seed, HEADER)).toList();
  }

  private static TableInfo table(long number, String first, String limit) {
    return new TableInfo(
        number,
        999,
        first.getBytes(UTF_8),
        limit.getBytes(UTF_8),
        1,
        9,
        30,
        20,
        10,
        1,
        number == 4);
  }

  @Override
  public byte[] sealed(byte[] input) {
    return RecordSeal.seal(input, HEADER);
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (WriteFile file = files.create(PATH)) {
      file.write(0, input, 0, input.length);
    }
    try (Directory directory = files.openDirectory(DIRECTORY)) {
      Current.write(files, directory, PATH);
    }
    return reads(files);
  }

  private static boolean reads(MemoryFileSystem files) throws IOException {
    try {
      Manifest.Recovered recovered = Manifest.read(files, DIRECTORY);
      if (recovered != null) {
        requireSame(recovered.version());
      }
      return ManifestHistory.visit(files, DIRECTORY, (_, _, _) -> {});
    } catch (DbException refused) {
      return false;
    } finally {
      files.assertNothingOpen();
    }
  }

  private static void requireSame(Version version) {
    byte[] written = EditFormat.encode(version.asEdits());
    Version again = Version.empty().with(EditFormat.decode(written, 0, written.length));
    if (!again.equals(version)) {
      throw new AssertionError("was %s, is %s".formatted(version, again));
    }
  }
}
