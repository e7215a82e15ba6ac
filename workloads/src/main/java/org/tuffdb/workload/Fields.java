package org.tuffdb.workload;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.tuffdb.Compression;

/// Records as lines of JSON, and back.
public final class Fields {
  private Fields() {}

  public static String json(Record values) {
    return Arrays.stream(values.getClass().getRecordComponents())
        .map(component -> "\"%s\": %s".formatted(component.getName(), json(component, values)))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String json(RecordComponent component, Record values) {
    Object value;
    try {
      value = component.getAccessor().invoke(values);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
    return component.getType().isPrimitive() ? value.toString() : quoted(value.toString());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /// The record whose fields were read from JSON, each as text. Numbers that are not there, as in
  /// files from before they were known, are -1, and texts empty.
  public static <R extends Record> R record(Class<R> kind, Map<String, String> fields) {
    RecordComponent[] components = kind.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      String name = components[i].getName();
      String text = fields.get(name);
      values[i] = parse(types[i], text == null ? unknown(types[i], name) : text);
    }
    try {
      return kind.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String unknown(Class<?> type, String name) {
    if (type == String.class) {
      return "";
    }
    if (type == int.class || type == long.class || type == double.class) {
      return "-1";
    }
    throw new IllegalArgumentException("no " + name);
  }

  private static Object parse(Class<?> type, String text) {
    return switch (type.getSimpleName()) {
      case "int" -> Integer.valueOf(text);
      case "long" -> Long.valueOf(text);
      case "double" -> Double.valueOf(text);
      case "boolean" -> Boolean.valueOf(text);
      case "Path" -> Path.of(text);
      case "Compression" -> Compression.valueOf(text);
      default -> text;
    };
  }
}
