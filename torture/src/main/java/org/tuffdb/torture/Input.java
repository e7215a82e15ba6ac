package org.tuffdb.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Real records to write: which package each file of this machine belongs to. Where there is no
/// Debian, how large the files of the JDK are.
///
/// Of long lists the beginning is taken; where they have too few lines, they are gone over in
/// rounds, whose number is in the key. A prepared input is one file, so that a process that is to
/// be killed has it at once:
///
/// ```
/// path TAB package LF
/// ```
final class Input {
  private static final Path LISTS = Path.of("/var/lib/dpkg/info");
  private static final int RECORDS_MIN = 40_000;

  /// Each run goes over what was written before, in a JVM that has just begun.
  private static final int LINES_MAX = 40_000;

  private final byte[] bytes;
  private final int[] lineEnds;

  private Input(byte[] bytes) {
    this.bytes = bytes;
    int[] ends = new int[1 << 20];
    int count = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        if (count == ends.length) {
          ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = i;
      }
    }
    this.lineEnds = Arrays.copyOf(ends, count);
  }

  /// Gathers what this machine has into `file`.
  static Input prepare(Path file) throws IOException {
    Map<String, String> records = Files.isDirectory(LISTS) ? debianFiles() : jdkFiles();
    List<String> lines = new ArrayList<>(records.size());
    records.forEach((path, owner) -> lines.add(path + "\t" + owner));
    Files.write(
        file, lines.subList(0, Math.min(lines.size(), LINES_MAX)), StandardCharsets.ISO_8859_1);
    return read(file);
  }

  /// A path that several packages have is the first one's.
  private static Map<String, String> debianFiles() throws IOException {
    Map<String, String> records = new LinkedHashMap<>();
    List<Path> lists;
    try (Stream<Path> files = Files.list(LISTS)) {
      lists = files.filter(file -> file.toString().endsWith(".list")).sorted().toList();
    }
    for (Path list : lists) {
      String owner = list.getFileName().toString().replaceFirst("\\.list$", "");
      for (String path : Files.readAllLines(list, StandardCharsets.ISO_8859_1)) {
        records.putIfAbsent(path, owner);
      }
    }
    return records;
  }

  /// Each file with its size.
  private static Map<String, String> jdkFiles() throws IOException {
    List<Path> paths;
    try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.home")))) {
      paths = files.filter(Files::isRegularFile).sorted().toList();
    }
    Map<String, String> records = new LinkedHashMap<>();
    for (Path path : paths) {
      records.put(path.toString(), Long.toString(Files.size(path)));
    }
    return records;
  }

  static Input read(Path file) throws IOException {
    return new Input(Files.readAllBytes(file));
  }

  /// How many lines it has.
  int lines() {
    return lineEnds.length;
  }

  int rounds() {
    return Math.ceilDiv(RECORDS_MIN, lines());
  }

  /// How many records it has: each line once a round.
  int records() {
    return rounds() * lines();
  }

  /// The path that a record is about, behind the number of its round.
  String key(int record) {
    int line = record % lines();
    return record / lines() + start(line, tab(line));
  }

  /// The package that has the path.
  String owner(int record) {
    int line = record % lines();
    int from = tab(line) + 1;
    return text(from, lineEnds[line]);
  }

  private String start(int line, int end) {
    return text(line == 0 ? 0 : lineEnds[line - 1] + 1, end);
  }

  private int tab(int line) {
    int at = lineEnds[line];
    while (bytes[at] != '\t') {
      at--;
    }
    return at;
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
