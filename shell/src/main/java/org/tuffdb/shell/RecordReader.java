package org.tuffdb.shell;

import java.io.IOException;

/// Reads keys and values, one record after another.
interface RecordReader {
  /// Goes to the next record; false at the end.
  ///
  /// @throws BadRecordException if what stands there is no record
  boolean next() throws IOException, BadRecordException;

  /// The key of the current record.
  byte[] key();

  /// The value of the current record.
  byte[] value();

  /// The line on which the current record begins, counted from 1.
  long line();
}
