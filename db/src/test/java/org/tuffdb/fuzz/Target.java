package org.tuffdb.fuzz;

import java.io.IOException;
import java.util.List;

/// Something that reads inputs of one format. It throws what no reader may throw; of what one may,
/// it makes its answer.
public interface Target {
  /// What it is called where it is asked for.
  String name();

  /// Sound inputs to begin with.
  List<byte[]> seeds() throws IOException;

  /// Reads `input` as far as it goes; false if it was refused.
  boolean accepts(byte[] input) throws IOException;

  /// `input` with its checksums made right, as far as their places can be told.
  default byte[] sealed(byte[] input) {
    return input;
  }

  /// Words that inputs are made of.
  default List<byte[]> words() {
    return List.of();
  }
}
