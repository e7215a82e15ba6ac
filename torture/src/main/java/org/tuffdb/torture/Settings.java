package org.tuffdb.torture;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// What a campaign was asked for on the command line. What is not given, it chooses.
///
/// @param runs how many times, for campaigns that count
/// @param seconds how long, for campaigns that go by the clock
/// @param seed what all its choices follow from; what threads and processes do beside each other
///   does not
/// @param input a file with an input that a campaign has found something by
record Settings(OptionalInt runs, OptionalInt seconds, long seed, Optional<Path> input) {
  Settings(OptionalInt runs, OptionalInt seconds, long seed) {
    this(runs, seconds, seed, Optional.empty());
  }

  /// The end of a command that asks for the same again.
  String arguments() {
    StringBuilder arguments = new StringBuilder();
    runs.ifPresent(n -> arguments.append(" --runs ").append(n));
    seconds.ifPresent(n -> arguments.append(" --seconds ").append(n));
    input.ifPresent(file -> arguments.append(" --input ").append(file));
    return arguments.append(" --seed ").append(seed).toString();
  }
}
