package org.tuffdb.table;

import java.io.Serial;

/// An entry does not come behind the one that was written before it.
public final class OutOfOrderException extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1;

  public OutOfOrderException() {
    super("entries must come in ascending order, of one key the newest first");
  }
}
