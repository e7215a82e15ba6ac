package org.tuffdb.version;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.log.LogReader;
import org.tuffdb.log.LogReplay;

/// What the current manifest says, edit by edit, without opening the store.
public final class ManifestHistory {
  /// Takes the edits of one record, which take effect together.
  public interface Visitor {
    /// Takes one record.
    ///
    /// @param manifest the file
    /// @param offset where in it the record begins
    void record(Path manifest, long offset, List<Edit> edits) throws IOException;
  }

  private ManifestHistory() {}

  /// Hands every record to `visitor`; false if the directory has no `CURRENT`.
  ///
  /// @throws CorruptionException if `CURRENT` or the manifest is damaged; what stands before the
  ///   damage has been visited
  public static boolean visit(FileSystem files, Path directory, Visitor visitor)
      throws IOException {
    OptionalLong number = Current.read(files, directory);
    if (number.isEmpty()) {
      return false;
    }
    Path path = FileNames.manifest(directory, number.getAsLong());
    List<LogReplay.File> file = List.of(new LogReplay.File(path, number.getAsLong(), -1));
    new LogReplay(files, FileHeader.Kind.MANIFEST, null, file)
        .run(record -> visitor.record(path, record.offset(), edits(record)));
    return true;
  }

  private static List<Edit> edits(LogReader record) {
    try {
      return EditFormat.decode(record.buffer(), record.payloadOffset(), record.payloadLength());
    } catch (IllegalArgumentException wrong) {
      throw new CorruptionException(
          record.path(), record.offset(), "an edit makes no sense: " + wrong.getMessage());
    }
  }
}
