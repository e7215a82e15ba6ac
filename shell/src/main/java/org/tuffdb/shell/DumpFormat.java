package org.tuffdb.shell;

import java.util.Locale;

/// The forms of `dump`.
enum DumpFormat {
  JSONL,
  CSV;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
