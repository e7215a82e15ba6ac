package org.tuffdb.torture;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/// The process of an [Simulation]: calls one method of one test class.
final class TestMethod {
  static final int SOUND = 0;
  static final int FAILED = 3;

  private TestMethod() {}

  /// Ends with [#SOUND] or [#FAILED].
  ///
  /// @param args `Class#method`
  public static void main(String[] args) throws ReflectiveOperationException {
    int hash = args[0].indexOf('#');
    Class<?> test = Class.forName(args[0].substring(0, hash));
    Method method = test.getDeclaredMethod(args[0].substring(hash + 1));
    Constructor<?> constructor = test.getDeclaredConstructor();
    method.setAccessible(true);
    constructor.setAccessible(true);
    try {
      method.invoke(constructor.newInstance());
    } catch (InvocationTargetException failure) {
      failure.printStackTrace();
      System.err.println(root(failure));
      System.exit(FAILED);
    }
    System.exit(SOUND);
  }

  /// In one line.
  private static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ").strip();
    return cause.getClass().getSimpleName() + ": " + message;
  }
}
