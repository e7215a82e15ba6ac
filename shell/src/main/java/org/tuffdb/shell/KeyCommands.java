package org.tuffdb.shell;

import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The commands that take a key: it may begin with a minus, and so may a value. But a word that was
/// meant for an option must not become one.
final class KeyCommands {
  private static final Set<String> NAMES = Set.of("put", "get", "delete");

  private KeyCommands() {}

  /// Has words with a minus be keys and values of such a command.
  static void prepare(String name, CommandLine command) {
    command.setUnmatchedOptionsArePositionalParams(NAMES.contains(name));
  }

  /// @throws ParameterException if a word of such a command begins with two minus signs and stands
  ///   before `--`
  static void refuseMistypedOption(ParseResult parsed) {
    if (parsed.hasSubcommand() && NAMES.contains(parsed.subcommand().commandSpec().name())) {
      refuseIn(parsed.subcommand());
    }
  }

  private static void refuseIn(ParseResult command) {
    List<String> all = command.originalArgs();
    List<String> words = all.subList(all.indexOf(command.commandSpec().name()), all.size());
    int end = words.indexOf("--");
    List<String> mayBeOptions = words.subList(0, end < 0 ? words.size() : end);
    for (ArgSpec positional : command.matchedPositionals()) {
      for (String word : positional.originalStringValues()) {
        if (word.startsWith("--") && mayBeOptions.contains(word)) {
          throw new ParameterException(
              command.commandSpec().commandLine(),
              "there is no option %s: write -- before a word that begins with --"
                  .formatted(Text.quoted(word)));
        }
      }
    }
  }
}
