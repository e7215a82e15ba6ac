package org.tuffdb.version;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// The file `CURRENT`, which names the manifest in one line of text:
///
/// ```
/// MANIFEST-000007 5f3a90c1
/// ```
///
/// The name, a space, its checksum as eight hexadecimal digits, and a line feed.
final class Current {
  private static final int BYTES_MAX = 64;

  private Current() {}

  /// The number of the manifest, empty if there is no `CURRENT`.
  static OptionalLong read(FileSystem files, Path directory) throws IOException {
    Path path = directory.resolve(FileNames.CURRENT);
    if (!files.exists(path)) {
      return OptionalLong.empty();
    }
    String text = content(files, path);
    OptionalLong number = FileNames.manifestNumber(text.split(" ", 2)[0]);
    if (number.isEmpty() || !text.equals(line(FileNames.manifest(directory, number.getAsLong())))) {
      throw new CorruptionException(path, 0, "it does not name a manifest");
    }
    return number;
  }

  private static String content(FileSystem files, Path path) throws IOException {
    try (ReadFile file = files.openForRead(path)) {
      byte[] bytes = new byte[BYTES_MAX];
      int length = file.read(0, bytes, 0, BYTES_MAX);
      return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
  }

  private static String line(Path manifest) {
    String name = manifest.getFileName().toString();
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    int checksum = new Checksum().of(ascii, 0, ascii.length);
    return name + ' ' + HexFormat.of().toHexDigits(checksum) + '\n';
  }

  /// Has `CURRENT` name `manifest`. When this returns that is on the disk, and so is every creation
  /// in the directory before it; at each moment the disk holds either the old `CURRENT` or the new
  /// one.
  static void write(FileSystem files, Directory directory, Path manifest) throws IOException {
    Path temporary = directory.path().resolve(FileNames.CURRENT_TEMPORARY);
    if (files.exists(temporary)) {
      files.delete(temporary);
    }
    byte[] line = line(manifest).getBytes(StandardCharsets.US_ASCII);
    try (WriteFile file = files.create(temporary)) {
      file.write(0, line, 0, line.length);
      file.sync();
    }
    directory.sync();
    files.rename(temporary, directory.path().resolve(FileNames.CURRENT));
    directory.sync();
  }
}
