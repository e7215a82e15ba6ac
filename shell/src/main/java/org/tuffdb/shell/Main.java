package org.tuffdb.shell;

/// Starts `tuff`. The script of that name is what users call: it knows what of the process is a
/// terminal, and says so by the system properties that [Console#ofProcess()] reads.
final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Tuff.run(Console.ofProcess(), Interruption.ofProcess(), args));
  }
}
