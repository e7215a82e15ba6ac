package org.tuffdb.entry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;

/// Sound batches, and what must hold of whatever is read of others.
public final class BatchSamples {
  private static final byte[] NOTHING = {};

  private BatchSamples() {}

  public static List<byte[]> all() {
    byte[] small = new byte[200];
    int at = BatchFormat.HEADER_BYTES;
    at = BatchFormat.putEntry(small, at, Kind.PUT, bytes("key"), bytes("value"));
    at = BatchFormat.putEntry(small, at, Kind.DELETE, bytes("other"), NOTHING);
    at = BatchFormat.putEntry(small, at, Kind.RANGE_DELETE, bytes("a"), bytes("k"));
    BatchFormat.putCount(small, 3);
    byte[] large = new byte[400];
    int end = BatchFormat.putKeyspace(large, BatchFormat.HEADER_BYTES, 1);
    end = BatchFormat.putEntry(large, end, Kind.PUT, bytes("k"), new byte[150]);
    end = BatchFormat.putKeyspace(large, end, 0);
    end = BatchFormat.putEntry(large, end, Kind.RANGE_DELETE, NOTHING, NOTHING);
    end = BatchFormat.putEntry(large, end, Kind.PUT, bytes("l"), NOTHING);
    BatchFormat.putCount(large, 3);
    return List.of(Arrays.copyOf(small, at), Arrays.copyOf(large, end));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// Throws what the JVM does if the entry that `batch` stands on does not lie before `end`.
  public static void requireWithin(BatchReader batch, int end) {
    Objects.checkFromIndexSize(batch.keyOffset(), batch.keyLength(), end);
    Objects.checkFromIndexSize(batch.valueOffset(), batch.valueLength(), end);
    if (batch.kind() < Kind.PUT || batch.kind() > Kind.RANGE_DELETE || batch.keyspaceId() < 0) {
      throw new AssertionError("an entry of kind " + batch.kind());
    }
  }

  /// All of a file.
  public static byte[] content(FileSystem files, Path path) throws IOException {
    try (ReadFile file = files.openForRead(path)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      file.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }
}
