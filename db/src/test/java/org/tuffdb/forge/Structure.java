package org.tuffdb.forge;

import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;

/// A sound file that is taken apart, so that it can be made wrong with all its checksums right:
/// then its readers must find out by themselves.
public interface Structure {
  /// The sound file.
  byte[] content();

  /// The numbers in it, by what they are a part of. Each part has some.
  NavigableMap<String, List<Field>> parts();

  /// Makes all checksums of `changed` right, which is the sound file with other numbers in it.
  void seal(byte[] changed);

  /// The file made of other pieces: one is missing, is there twice, is cut, is in another's place.
  byte[] rearranged(SplittableRandom random);
}
