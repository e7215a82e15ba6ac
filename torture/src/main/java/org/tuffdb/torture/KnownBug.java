package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A bug that stores have had, as a change of the engine's source text.
///
/// The table of them is a text: of each bug its name, the source file, the test that finds it, and
/// the change, of which `-` begins the lines that go and `+` those that come in their place. Where
/// the test does not end, and finds it so, `by hanging` stands behind the test.
///
/// ```
/// bug a write is acknowledged before it is synced
/// in CommitPipeline.java
/// found by crash-states
/// -      if (sync) {
/// +      if (false) {
/// ```
///
/// @param file below the engine's sources
/// @param finder which [Simulation] finds it
/// @param hangs whether that does not end
record KnownBug(
    String name, String file, Simulation finder, boolean hangs, List<Replacement> replacements) {
  private static final String TABLE = "known-bugs.txt";
  private static final String HANGS = " by hanging";

  /// One place of the file. The text before is there once.
  record Replacement(String before, String after) {}

  static List<KnownBug> all() throws IOException {
    List<KnownBug> bugs = new ArrayList<>();
    try (InputStream table =
            Objects.requireNonNull(KnownBug.class.getResourceAsStream(TABLE), TABLE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
      List<String> block = new ArrayList<>();
      for (String line : lines.lines().toList()) {
        if (line.startsWith("bug ") && !block.isEmpty()) {
          bugs.add(parse(block));
          block.clear();
        }
        if (!line.isEmpty() && !line.startsWith("#")) {
          block.add(line);
        }
      }
      bugs.add(parse(block));
    }
    return bugs;
  }

  /// The same file without a bug, for the same finder.
  KnownBug without() {
    return new KnownBug("no bug", file, finder, false, List.of());
  }

  private static KnownBug parse(List<String> block) {
    List<Replacement> replacements = new ArrayList<>();
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    for (String line : block.subList(3, block.size())) {
      boolean goes = line.startsWith("-");
      if (goes && !after.isEmpty()) {
        replacements.add(new Replacement(before.toString(), after.toString()));
        before.setLength(0);
        after.setLength(0);
      }
      (goes ? before : after).append(line.substring(1)).append('\n');
    }
    replacements.add(new Replacement(before.toString(), after.toString()));
    String finder = value(block.get(2), "found by ");
    boolean hangs = finder.endsWith(HANGS);
    return new KnownBug(
        value(block.get(0), "bug "),
        value(block.get(1), "in "),
        finder(hangs ? finder.substring(0, finder.length() - HANGS.length()) : finder),
        hangs,
        replacements);
  }

  private static String value(String line, String label) {
    if (!line.startsWith(label)) {
      throw new IllegalArgumentException(TABLE + ": expected \"" + label + "\" in: " + line);
    }
    return line.substring(label.length());
  }

  private static Simulation finder(String name) {
    return Stream.concat(Simulation.ALL.stream(), Stream.of(Histories.ALONE))
        .filter(test -> test.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(TABLE + ": there is no " + name));
  }

  /// The source text with the bug in it.
  String putInto(String source) {
    String changed = source;
    for (Replacement replacement : replacements) {
      int at = changed.indexOf(replacement.before);
      if (at < 0 || changed.indexOf(replacement.before, at + 1) >= 0) {
        throw new IllegalStateException(
            "%s: bug \"%s\" has lost its place in %s: it must be there once:%n%s"
                .formatted(TABLE, name, file, replacement.before));
      }
      changed = changed.replace(replacement.before, replacement.after);
    }
    return changed;
  }

  @Override
  public String toString() {
    return name + " (" + Path.of(file).getFileName() + ")";
  }
}
