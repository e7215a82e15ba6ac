package org.tuffdb.torture;

/// One way to torture a store.
interface Campaign {
  /// What it is called on the command line.
  String name();

  /// What it does, in a line.
  String summary();

  /// Does it, and returns the figures in a line.
  ///
  /// @throws Violation if the store broke a promise
  /// @throws Exception if the campaign could not be run
  String run(Settings settings) throws Exception;
}
