package org.tuffdb.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What the shell's `load` reads. The shell is above the engine: its part is found by its name.
final class ImportTarget implements Target {
  private static final String READING = "org.tuffdb.shell.ImportReading";

  private static final List<String> SEEDS =
      List.of(
          "id,key,value\n1,a,\"b \"\"c\"\"\nd\"\n2,0x00ff,0x\r\n",
          "key,value\n\"a,b\",1\n\n'c',2\n",
          "id\tname\n7\tAda \u00e9\n8\t\n",
          "{\"key\": \"a\", \"value\": \"b\\u00e9\\ud83d\\ude00\"}\n{\"value\": 1.5e3, \"key\": true}\n",
          "{\"id\": 1, \"tags\": [1, {\"a\": null}], \"text\": \"\\n\"}\n\n{\"id\": \"0x01\"}\r\n",
          "a\n0x00ff\n\n  \nb c\r\n\u00e9");

  private static final List<String> WORDS =
      List.of(
          "\"",
          "\"\"",
          ",",
          "\t",
          "\n",
          "\r\n",
          "\r",
          "{",
          "}",
          "[",
          "]",
          ":",
          "0x",
          "0x0",
          "null",
          "true",
          "1e9",
          "-0",
          "\\u",
          "\\ud83d",
          "\\",
          "\"key\":",
          "\"value\":",
          "\"id\":",
          "\u00e9",
          "\ud83d\ude00",
          "\uFEFF",
          "\u0000",
          "#",
          "//",
          "NaN");

  private final String format;
  private final Predicate<byte[]> reading;

  @SuppressWarnings("unchecked")
  ImportTarget(String format, ProbedClasses classes) {
    this.format = format;
    try {
      reading =
          (Predicate<byte[]>)
              classes.loadClass(READING).getDeclaredConstructor(String.class).newInstance(format);
    } catch (ReflectiveOperationException renamed) {
      throw new LinkageError(READING, renamed);
    }
  }

  static boolean isThere() {
    String file = READING.replace('.', '/') + ".class";
    return ImportTarget.class.getClassLoader().getResource(file) != null;
  }

  @Override
  public String name() {
    return format;
  }

  @Override
  public List<byte[]> seeds() {
    return bytes(SEEDS.stream());
  }

  @Override
  public List<byte[]> words() {
    return bytes(WORDS.stream());
  }

  private static List<byte[]> bytes(Stream<String> texts) {
    return texts.map(text -> text.getBytes(UTF_8)).toList();
  }

  @Override
  public boolean accepts(byte[] input) {
    return reading.test(input);
  }
}
