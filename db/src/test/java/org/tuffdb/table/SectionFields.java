package org.tuffdb.table;

import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Parts;

/// The numbers of a table's filter, fences, range deletes and properties.
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record SectionFields(byte[] file, Parts parts) {
  private static final String FENCES = "fences";
  private static final String RANGES = "range deletes";

  void addAll(TableFormat.Handle[] handles) {
    addNumbers("filter", handles[TableFormat.FILTER]);
    addNumbers("properties", handles[TableFormat.PROPERTIES]);
    if (handles[TableFormat.FENCES].length() > 0) {
      addFences((int) handles[TableFormat.FENCES].offset());
    }
    addRanges(handles[TableFormat.RANGES]);
  }

  private void addNumbers(String part, TableFormat.Handle handle) {
    int count = (int) handle.length() / Long.BYTES;
    parts.addAll(part, "number", (int) handle.offset(), Long.BYTES, count);
  }

  private void addFences(int at) {
    int count = LittleEndian.getInt(file, at);
    int wholeBytes = LittleEndian.getInt(file, at + 8);
    parts.add(FENCES, new Field("blocks", at, 4));
    parts.add(FENCES, new Field("prefix", at + 4, 4));
    parts.add(FENCES, new Field("whole bytes", at + 8, 4));
    parts.add(FENCES, new Field("zero", at + 12, 4));
    int placesAt = parts.addAll(FENCES, "word", at + 16, 8, count);
    int behind = parts.addAll(FENCES, "place", placesAt, 8, count + 1);
    parts.addAll(FENCES, "offset", behind, 4, wholeBytes == 0 ? 0 : count + 1);
  }

  private void addRanges(TableFormat.Handle handle) {
    for (int at = (int) handle.offset(); at < handle.end(); ) {
      parts.add(RANGES, new Field("sequence", at, 8));
      parts.add(RANGES, new Field("start length", at + 8, 4));
      parts.add(RANGES, new Field("limit length", at + 12, 4));
      int keys = LittleEndian.getInt(file, at + 8) + LittleEndian.getInt(file, at + 12);
      parts.addAll(RANGES, "first byte", at + 16, 1, Math.min(1, keys));
      at += 16 + keys;
    }
  }
}
