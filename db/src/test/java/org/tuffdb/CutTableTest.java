package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.error.DbException;

/// A cursor that stands in a mapped table whose pages can be read no more: as where a disk fails
/// once the kernel has given them up.
@EnabledOnOs(OS.LINUX)
class CutTableTest {
  private static final int ENTRIES = 200;

  @TempDir Path home;

  private static byte[] key(int i) {
    return "key%06d".formatted(i).getBytes(UTF_8);
  }

  private void cutTables() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      for (Path path : files.filter(file -> file.toString().endsWith(".table")).toList()) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
          file.setLength(0);
        }
      }
    }
  }

  @Test
  void whatCannotBeReadUnderACursorIsAnException() throws IOException {
    Options options = Options.builder().reading(Reading.MAPPED).block(64 << 10).build();
    try (Db db = Db.builder(home).options(options).open()) {
      for (int i = 0; i < ENTRIES; i++) {
        db.put(key(i), new byte[1_000], Durability.BUFFERED);
      }
      db.flush();
      List<Cursor> cursors = Stream.generate(() -> db.scan(KeyRange.all())).limit(4).toList();
      cursors.forEach(cursor -> assertThat(cursor.seek(key(100))).isTrue());
      cutTables();
      unreadable(cursors.get(0)::key);
      unreadable(cursors.get(1)::value);
      unreadable(cursors.get(2)::next);
      unreadable(cursors.get(3)::previous);
      cursors.forEach(Cursor::close);
    }
  }

  /// In compiled code the JVM's own error may come later, behind what translates it.
  private static void unreadable(Runnable reading) {
    assertThatThrownBy(reading::run).isInstanceOfAny(DbException.class, InternalError.class);
  }
}
