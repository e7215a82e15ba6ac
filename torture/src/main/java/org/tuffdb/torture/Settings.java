package org.tuffdb.torture;

import java.util.OptionalInt;

/// What a campaign was asked for on the command line. What is not given, it chooses.
///
/// @param runs how many times, for campaigns that count
/// @param seconds how long, for campaigns that go by the clock
/// @param seed what all its choices follow from; what threads and processes do beside each other
///   does not
record Settings(OptionalInt runs, OptionalInt seconds, long seed) {
  /// The end of a command that asks for the same again.
  String arguments() {
    StringBuilder arguments = new StringBuilder();
    runs.ifPresent(n -> arguments.append(" --runs ").append(n));
    seconds.ifPresent(n -> arguments.append(" --seconds ").append(n));
    return arguments.append(" --seed ").append(seed).toString();
  }
}
