package org.tuffdb.shell;

import org.tuffdb.Db;
import org.tuffdb.Keyspace;

/// Keyspaces that a command makes: their names are to be printed on terminals.
final class NewKeyspaces {
  private NewKeyspaces() {}

  /// The keyspace of that name, which is made if there is none.
  ///
  /// @throws UsageException if it would be made, and its name has control characters
  static Keyspace open(Db db, String name) {
    if (!db.keyspaces().contains(name)) {
      requirePrintable(name);
    }
    return db.keyspace(name);
  }

  /// @throws UsageException if the name has control characters
  static void requirePrintable(String name) {
    if (!Text.printable(name).equals(name)) {
      throw new UsageException(
          "the name of the keyspace %s has control characters: choose one without"
              .formatted(Text.quoted(name)));
    }
  }
}
