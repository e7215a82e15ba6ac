package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which calls strace has failed, as its traces tell.
final class FiredFaults {
  /// As in `17 fdatasync(9) = -1 EIO (Input/output error) (INJECTED)`.
  private static final Pattern INJECTED =
      Pattern.compile("(\\w+)(?:\\(| resumed>).* = -1 (\\w+) .*\\(INJECTED\\)");

  private final Path folder;
  private int traces;

  FiredFaults(Path folder) {
    this.folder = folder;
  }

  /// Where the next process is to be traced to.
  Path newTrace() {
    return folder.resolve(Integer.toString(traces++));
  }

  /// Whether a call of the process failed that is traced to the newest trace.
  boolean hasNewest() throws IOException {
    return !calls(folder.resolve(Integer.toString(traces - 1))).isEmpty();
  }

  /// How many calls failed of each kind, and with what.
  String text() throws IOException {
    Map<String, Integer> fired = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path trace : files.toList()) {
        calls(trace).forEach(call -> fired.merge(call, 1, Integer::sum));
      }
    }
    return fired.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }

  private static List<String> calls(Path trace) throws IOException {
    try (Stream<String> lines = Files.lines(trace)) {
      return lines
          .map(INJECTED::matcher)
          .filter(Matcher::find)
          .map(match -> match.group(1) + " " + match.group(2))
          .toList();
    }
  }
}
