package org.tuffdb.bench.large;

import java.nio.file.Path;
import org.tuffdb.Compression;
import org.tuffdb.Db;
import org.tuffdb.Options;
import org.tuffdb.Reading;
import org.tuffdb.event.Listener;

/// What several commands have in common.
record Settings(long entries, long memoryBytes, long seed, Reading reading) {
  static final double MIB = 1 << 20;

  static Settings of(Arguments arguments, long entries, long memoryBytes) {
    return new Settings(
        arguments.number("entries", entries),
        arguments.number("memory", memoryBytes),
        arguments.number("seed", 1),
        reading(arguments.text("reading", "auto")));
  }

  private static Reading reading(String name) {
    for (Reading reading : Reading.values()) {
      if (reading.name().equalsIgnoreCase(name)) {
        return reading;
      }
    }
    throw new Misuse("--reading auto, mapped or cached, not " + name);
  }

  Db open(Path directory, Listener listener) {
    return Db.builder(directory).options(options().build()).listener(listener).open();
  }

  Db open(Path directory, Compression lastLevel, Listener listener) {
    return Db.builder(directory)
        .options(options().lastLevelCompression(lastLevel).build())
        .listener(listener)
        .open();
  }

  Options.Builder options() {
    return Options.builder().memory(memoryBytes).reading(reading);
  }
}
