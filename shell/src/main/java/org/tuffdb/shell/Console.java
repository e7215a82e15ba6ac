package org.tuffdb.shell;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a command reads from and writes to.
///
/// @param out what was asked for; results only, so that it can be piped
/// @param err what a person should know
/// @param inIsTerminal whether somebody types
/// @param outIsTerminal whether somebody reads `out`
/// @param errColumns how wide the terminal is that `err` goes to; 0 if it goes elsewhere
record Console(
    InputStream in,
    Output out,
    PrintStream err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    int errColumns) {
  private static final int COLUMNS_DEFAULT = 80;

  /// The standard streams. `tuff.terminals` holds the numbers of those that are terminals, and
  /// `tuff.columns` their width; without them none is taken for a terminal.
  static Console ofProcess() {
    String terminals = System.getProperty("tuff.terminals", "");
    int columns = Integer.getInteger("tuff.columns", COLUMNS_DEFAULT);
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new Output(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminals.contains("0"),
        terminals.contains("1"),
        terminals.contains("2") ? columns : 0);
  }

  /// Says in one line why a command failed. What it says of data can do nothing to a terminal.
  void problem(String what) {
    err.println("tuff: " + Text.printable(what));
  }
}
