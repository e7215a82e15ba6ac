package org.tuffdb.bench.large;

import java.util.Set;

/// One of the campaigns of `bench/large`, or a part of one that runs in a JVM of its own.
///
/// @param options the names of its options, separated by spaces
record Command(String name, String options, Body body) {
  /// What it does.
  @FunctionalInterface
  interface Body {
    void run(Arguments arguments, Report report) throws Exception;
  }

  Set<String> optionNames() {
    return Set.of(options.split(" "));
  }
}
