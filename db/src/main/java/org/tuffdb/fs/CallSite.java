package org.tuffdb.fs;

import java.lang.StackWalker.StackFrame;

/// The place outside this package that called into it.
final class CallSite {
  private static final String PACKAGE = CallSite.class.getPackageName() + ".";

  private CallSite() {}

  /// The caller as `Class.method:line`, where frames of this package and of the JDK do not count.
  static String find() {
    return StackWalker.getInstance()
        .walk(frames -> frames.filter(CallSite::isOutside).findFirst())
        .map(CallSite::describe)
        .orElse("unknown");
  }

  private static boolean isOutside(StackFrame frame) {
    String name = frame.getClassName();
    boolean here = name.startsWith(PACKAGE) && name.indexOf('.', PACKAGE.length()) < 0;
    return !here && !name.startsWith("java.");
  }

  private static String describe(StackFrame frame) {
    String name = frame.getClassName();
    String simpleName = name.substring(name.lastIndexOf('.') + 1);
    return simpleName + "." + frame.getMethodName() + ":" + frame.getLineNumber();
  }
}
