package org.tuffdb.shell;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import org.tuffdb.Stats;
import tools.jackson.core.JsonGenerator;

/// Prints all figures of a [Stats], by the names that they have there.
final class StatsPrinter {
  private StatsPrinter() {}

  static void print(Stats stats, boolean json, Output out) throws IOException {
    if (json) {
      printJson(stats, out);
      return;
    }
    for (RecordComponent figure : Stats.class.getRecordComponents()) {
      out.line("%-18s %15s".formatted(figure.getName(), value(stats, figure)));
    }
  }

  private static void printJson(Stats stats, Output out) {
    JsonGenerator json = RecordWriter.generator(out);
    json.writeStartObject();
    for (RecordComponent figure : Stats.class.getRecordComponents()) {
      json.writeName(figure.getName());
      json.writeRawValue(value(stats, figure));
    }
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  /// The figure as text, which for numbers and truth values is JSON too.
  private static String value(Stats stats, RecordComponent figure) {
    try {
      return String.valueOf(figure.getAccessor().invoke(stats));
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
