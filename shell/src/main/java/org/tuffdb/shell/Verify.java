package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tuffdb.KeyRange;
import org.tuffdb.Verification;
import org.tuffdb.Verification.Damage;
import org.tuffdb.fs.FileSystem;

/// What `verify` does: a line for each damage, in columns set apart by tabs, and a summary.
final class Verify {
  private Verify() {}

  static int run(Path directory, Console console) throws IOException {
    long begun = System.nanoTime();
    Verification found;
    try (Progress progress = Progress.begin(console, "verify", -1)) {
      found = Verification.of(FileSystem.disk(), directory, progress::update);
    }
    print(found.damages(), console.out());
    String read =
        "%s in %s (%s)"
            .formatted(
                Figures.size(found.sizeBytes()),
                Figures.many(found.files(), "file"),
                Figures.time(System.nanoTime() - begun));
    if (found.isClean()) {
      console.out().line("ok: " + read + ", nothing is damaged");
      return Tuff.OK;
    }
    console.problem(Figures.many(found.damages().size(), "place") + " damaged; read " + read);
    return Tuff.STORE_ERROR;
  }

  private static void print(List<Damage> damages, Output out) {
    try {
      for (Damage damage : damages) {
        out.line(line(damage));
      }
    } catch (IOException remembered) {
      // by the output; what is damaged is so where nobody reads of it
    }
  }

  private static String line(Damage damage) {
    String place = damage.offset() < 0 ? "" : ":" + damage.offset();
    return damage.file().getFileName() + place + "\t" + damage.what() + "\t" + concerned(damage);
  }

  private static String concerned(Damage damage) {
    KeyRange keys = damage.keys();
    if (keys == null) {
      return "unknown keys";
    }
    byte[] first = keys.lowerBound();
    byte[] limit = keys.upperBound();
    String range =
        Text.range(first == null ? new byte[0] : first, limit == null ? new byte[0] : limit);
    return (damage.keyspace() == null ? "" : Text.printable(damage.keyspace()) + ": ") + range;
  }
}
