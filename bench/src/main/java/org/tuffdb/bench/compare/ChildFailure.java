package org.tuffdb.bench.compare;

/// A run that has come to no result: its process has failed, or took too long.
final class ChildFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final String text;

  ChildFailure(String text) {
    super(text);
    this.text = text;
  }

  ChildFailure(String text, Throwable cause) {
    super(text, cause);
    this.text = text;
  }

  String text() {
    return text;
  }
}
