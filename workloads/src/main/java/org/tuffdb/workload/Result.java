package org.tuffdb.workload;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// What a run has shown. Figures that the machine does not tell are -1.
///
/// @param operationsTimed how many operations a latency is of
/// @param cpuNanos what the process has computed for an operation until the last one was done
/// @param settledCpuNanos the same, with what the store had left to do in the background
/// @param garbageBytes what the working threads have allocated in the heap for an operation
/// @param writeAmplification bytes written to files for each byte of keys and values
public record Result(
    String store,
    String workload,
    int entries,
    int valueBytes,
    int threads,
    long operations,
    double seconds,
    double operationsPerSecond,
    int operationsTimed,
    long p50Nanos,
    long p99Nanos,
    long p999Nanos,
    long longestNanos,
    double cpuNanos,
    double settledCpuNanos,
    double settleSeconds,
    double garbageBytes,
    long anonymousBytesMax,
    long fileBytesMax,
    long diskBytes,
    double writeAmplification) {

  /// As one line of JSON.
  public String toJson() {
    return Arrays.stream(Result.class.getRecordComponents())
        .map(component -> "\"%s\": %s".formatted(component.getName(), json(component)))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private String json(RecordComponent component) {
    Object value = value(component);
    return value instanceof String text ? '"' + text + '"' : value.toString();
  }

  private Object value(RecordComponent component) {
    try {
      return component.getAccessor().invoke(this);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// The result whose fields were read from JSON, each as text.
  public static Result of(Map<String, String> fields) {
    RecordComponent[] components = Result.class.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      String name = components[i].getName();
      values[i] = parse(types[i], Objects.requireNonNull(fields.get(name), name));
    }
    try {
      return Result.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Object parse(Class<?> type, String text) {
    if (type == int.class) {
      return Integer.valueOf(text);
    }
    if (type == long.class) {
      return Long.valueOf(text);
    }
    return type == double.class ? (Object) Double.valueOf(text) : text;
  }
}
