package org.tuffdb.shell;

import picocli.CommandLine.Option;

/// The keyspace to work in.
final class In {
  @Option(
      names = "--keyspace",
      paramLabel = "NAME",
      description = "The keyspace; by default 'default'.")
  String keyspace = "default";
}
