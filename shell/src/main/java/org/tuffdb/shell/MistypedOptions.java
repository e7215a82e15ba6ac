package org.tuffdb.shell;

import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// A word that was meant for an option must not become a key or a value, where these may begin with
/// a minus.
final class MistypedOptions {
  private MistypedOptions() {}

  /// @throws ParameterException if a word of the command begins with two minus signs and stands
  ///   before `--`
  static void refuse(ParseResult command) {
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
