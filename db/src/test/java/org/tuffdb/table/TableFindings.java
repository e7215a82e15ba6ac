package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.fs.FaultyFileSystem;
import org.tuffdb.fs.MemoryFileSystem;

/// Checks tables, and notes what the check finds and how much it says that it has read.
final class TableFindings {
  /// Damage that concerns the keys from `first` on and below `limit`.
  record Damage(long offset, String what, String first, String limit) {}

  final MemoryFileSystem disk = new MemoryFileSystem();
  final FaultyFileSystem files = new FaultyFileSystem(disk);
  final List<Damage> damages = new ArrayList<>();
  long progressBytes;

  /// Without a manifest.
  static List<Damage> of(byte[] content) throws IOException {
    TableFindings findings = new TableFindings();
    ForgedTable.write(findings.disk, content);
    findings.check(null);
    return findings.damages;
  }

  /// With a manifest that says what the properties say, and these bounds.
  static List<Damage> of(byte[] content, String first, String limit) throws IOException {
    TableFindings findings = new TableFindings();
    ForgedTable.write(findings.disk, content);
    findings.check(ForgedTable.info(findings.disk, content, first, limit));
    return findings.damages;
  }

  void check(@Nullable TableInfo info) {
    new TableCheck(
            files,
            TableModel.PATH,
            TableModel.HEADER.number(),
            info,
            TableModel.STORE,
            bytes -> progressBytes += bytes,
            this::add)
        .run();
    disk.assertNothingOpen();
  }

  private void add(long offset, String what, byte[] first, byte[] limit) {
    damages.add(new Damage(offset, what, new String(first, UTF_8), new String(limit, UTF_8)));
  }
}
