package org.tuffdb.bench.large;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.tuffdb.fs.FileCall;
import org.tuffdb.fs.FileCallListener;

/// What opening spends its time on, told by the files that it works with: what is done after a
/// call, up to the next one, goes with the file of that call.
final class OpeningTimes implements FileCallListener {
  /// What a call is for.
  enum Part {
    LOG,
    TABLES_WRITTEN,
    TABLES_READ,
    REST
  }

  private static final double NANOS_PER_MILLI = 1e6;

  private final Thread opener = Thread.currentThread();
  private final Set<Path> created = new HashSet<>();
  private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
  private Part part = Part.REST;
  private long since;

  void begin(long now) {
    since = now;
  }

  @Override
  public void beforeCall(FileCall call) {
    if (Thread.currentThread().equals(opener)) {
      end(System.nanoTime());
      part = part(call);
    }
  }

  /// Ends the part that is under way.
  void end(long now) {
    nanos.merge(part, now - since, Long::sum);
    since = now;
  }

  private Part part(FileCall call) {
    String name = String.valueOf(call.path().getFileName());
    if (call.kind() == FileCall.Kind.CREATE) {
      created.add(call.path());
    }
    if (name.endsWith(".table")) {
      return created.contains(call.path()) ? Part.TABLES_WRITTEN : Part.TABLES_READ;
    }
    return name.endsWith(".log") && !created.contains(call.path()) && reads(call)
        ? Part.LOG
        : Part.REST;
  }

  private static boolean reads(FileCall call) {
    return switch (call.kind()) {
      case OPEN_FOR_READ, READ, MAP, SIZE -> true;
      default -> false;
    };
  }

  double millis(Part of) {
    return nanos.getOrDefault(of, 0L) / NANOS_PER_MILLI;
  }
}
