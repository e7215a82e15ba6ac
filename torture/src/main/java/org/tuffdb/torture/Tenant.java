package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.error.DbException;
import org.tuffdb.error.DbLockedException;

/// A process that uses one store as it is told to: it answers each line with one.
///
/// ```
/// open PATH     opens it
/// write FROM TO puts so many entries, each synced
/// read FROM TO  all entries below FROM are there, and perhaps some up to TO, and no others
/// flush, compact, close
/// ```
final class Tenant {
  static final String DONE = "done";

  /// Begins the answer where somebody else has the store.
  static final String LOCKED = "locked: ";

  /// Begins the answer where the store has said why it cannot.
  static final String REFUSED = "refused: ";

  private @Nullable Db db;

  private Tenant() {}

  public static void main(String[] args) throws IOException {
    Tenant tenant = new Tenant();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      System.out.println(tenant.answer(line).replaceAll("\\s+", " "));
    }
  }

  private String answer(String line) {
    try {
      obey(line.split(" ", -1));
      return DONE;
    } catch (DbLockedException locked) {
      return LOCKED + locked.getMessage();
    } catch (DbException refused) {
      return REFUSED + refused.getMessage();
    } catch (Throwable wrong) {
      wrong.printStackTrace();
      return "wrong: " + wrong;
    }
  }

  private void obey(String[] words) {
    switch (words[0]) {
      case "open" -> db = Db.builder(Path.of(words[1])).options(Worker.options()).open();
      case "write" -> write(db(), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "read" -> read(db(), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "flush" -> db().flush();
      case "compact" -> db().compact(KeyRange.all());
      case "close" -> db().close();
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private Db db() {
    return Objects.requireNonNull(db, "opened before");
  }

  static void write(Db db, int from, int to) {
    for (int i = from; i < to; i++) {
      db.put(key(i), value(i), Durability.SYNC);
    }
  }

  /// @throws Violation if the store holds anything but the entries below `least`, and a beginning
  ///   of those from there to `most`
  static void read(Db db, int least, int most) {
    int found = 0;
    try (Cursor cursor = db.scan(KeyRange.all())) {
      for (; cursor.next(); found++) {
        if (!Arrays.equals(cursor.key(), key(found))
            || !Arrays.equals(cursor.value(), value(found))) {
          throw new Violation("in place of entry %d is %s".formatted(found, text(cursor.key())));
        }
      }
    }
    if (found < least || found > most) {
      throw new Violation("there are %d entries of %d to %d".formatted(found, least, most));
    }
  }

  private static byte[] key(int number) {
    return "key%08d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int number) {
    return "%d,".formatted(number).repeat(1 + number % 50).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
