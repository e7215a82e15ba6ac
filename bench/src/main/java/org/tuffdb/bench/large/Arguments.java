package org.tuffdb.bench.large;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The arguments of a command: `--name value`, or `--name` alone.
final class Arguments {
  /// What a flag has in place of a value.
  private static final String GIVEN = "";

  private final List<String> words;
  private final Map<String, String> values = new HashMap<>();

  /// Refuses whatever is not in `known`.
  Arguments(List<String> words, Set<String> known) {
    this.words = List.copyOf(words);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("--") || !known.contains(word.substring(2))) {
        throw new Misuse("what is " + word + "? Try --help");
      }
      boolean flag = i + 1 == words.size() || words.get(i + 1).startsWith("--");
      values.put(word.substring(2), flag ? GIVEN : words.get(++i));
    }
  }

  /// The same arguments, for another process, with more of them or other values.
  List<String> with(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  boolean flag(String name) {
    return text(name) != null;
  }

  @Nullable String text(String name) {
    return values.get(name);
  }

  String text(String name, String otherwise) {
    String value = text(name);
    return value == null ? otherwise : value;
  }

  /// A count or a size: `20_000_000`, or with k, m or g for KiB, MiB or GiB.
  long number(String name, long otherwise) {
    String value = text(name);
    return value == null ? otherwise : parse(name, value);
  }

  private static long parse(String name, String value) {
    String digits = value.toLowerCase(Locale.ROOT).replaceAll("[_,]", "");
    int shift = "kmg".indexOf(digits.isEmpty() ? 'x' : digits.charAt(digits.length() - 1));
    try {
      return shift < 0
          ? Long.parseLong(digits)
          : Long.parseLong(digits.substring(0, digits.length() - 1)) << (10 * (shift + 1));
    } catch (NumberFormatException notOne) {
      throw new Misuse("--%s %s is no number: %s".formatted(name, value, notOne.getMessage()));
    }
  }

  double decimal(String name, double otherwise) {
    String value = text(name);
    try {
      return value == null ? otherwise : Double.parseDouble(value);
    } catch (NumberFormatException notOne) {
      throw new Misuse("--%s %s is no number: %s".formatted(name, value, notOne.getMessage()));
    }
  }
}
