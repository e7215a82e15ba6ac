package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.tuffdb.Db;

final class Session {
  Session(Db db, Path directory, Console console, Interruption interruption) {}

  int run() throws IOException {
    return 0;
  }
}
