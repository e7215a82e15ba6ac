package org.tuffdb.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What Debian's package index says of the files of this machine.
///
/// ```
/// key    the path of a file, such as usr/share/doc/bash/README
/// value  the package that it belongs to and its MD5 sum
/// ```
final class RealEntries extends Entries {
  private static final Path INDEX = Path.of("/var/lib/dpkg/info");
  private static final int KEY_BYTES_MAX = 500;

  private final List<byte[]> keys;
  private final List<byte[]> values;

  private RealEntries(long seed, List<byte[]> keys, List<byte[]> values) {
    super(seed, keys.size());
    this.keys = keys;
    this.values = values;
  }

  /// Whether this machine has any.
  static boolean areThere() {
    return Files.isDirectory(INDEX);
  }

  /// @param countMax of more, the first ones are taken
  static RealEntries read(long seed, int countMax) {
    Map<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
    try (DirectoryStream<Path> lists = Files.newDirectoryStream(INDEX, "*.md5sums")) {
      for (Path list : lists) {
        add(list, entries);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("this machine has no package index of Debian", failure);
    }
    int count = Math.min(countMax, entries.size());
    return new RealEntries(
        seed,
        new ArrayList<>(entries.keySet()).subList(0, count),
        new ArrayList<>(entries.values()).subList(0, count));
  }

  /// Lines such as `d41d8cd98f00b204e9800998ecf8427e usr/share/doc/bash/README`.
  private static void add(Path list, Map<byte[], byte[]> entries) throws IOException {
    String packageName = list.getFileName().toString().replace(".md5sums", "");
    for (String line : Files.readAllLines(list, StandardCharsets.UTF_8)) {
      String[] sumAndPath = line.split("  ", 2);
      byte[] key = sumAndPath[sumAndPath.length - 1].getBytes(StandardCharsets.UTF_8);
      if (sumAndPath.length == 2 && key.length > 0 && key.length <= KEY_BYTES_MAX) {
        String value = packageName + " " + sumAndPath[0];
        entries.put(key, value.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static int longest(List<byte[]> arrays) {
    return arrays.stream().mapToInt(array -> array.length).max().orElse(0);
  }

  private static double mean(List<byte[]> arrays) {
    return arrays.stream().mapToInt(array -> array.length).average().orElse(0);
  }

  @Override
  int keyBytesMax() {
    return longest(keys);
  }

  @Override
  int valueBytesMax() {
    return longest(values);
  }

  @Override
  double entryBytes() {
    return mean(keys) + mean(values);
  }

  @Override
  byte[] key(long number, byte[] buffer) {
    return keys.get((int) number);
  }

  /// All versions are the same.
  @Override
  byte[] value(long number, int version, byte[] buffer) {
    return values.get((int) number);
  }

  @Override
  boolean isValue(long number, int version, byte[] value, int length) {
    byte[] expected = values.get((int) number);
    return length >= 0 && Arrays.equals(expected, 0, expected.length, value, 0, length);
  }
}
