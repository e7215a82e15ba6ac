package org.tuffdb;

/// How tables are read: see [Options.Builder#reading(Reading)].
public enum Reading {
  /// By mapping as long as the tables fit into half of the memory of the machine, or of its
  /// container; from then on by positional reads.
  AUTO,
  /// By mapping the files into memory, where the operating system decides what stays. The fastest
  /// way to read what fits.
  MAPPED,
  /// By positional reads into a cache of blocks within [Options#memoryBytes()].
  CACHED
}
