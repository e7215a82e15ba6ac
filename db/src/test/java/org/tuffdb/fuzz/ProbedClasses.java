package org.tuffdb.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/// Loads the classes of TuffDB anew, with probes in those of them that read files.
final class ProbedClasses extends ClassLoader {
  private static final String OURS = "org.tuffdb.";

  /// What both sides know.
  private static final String SHARED = "org.tuffdb.fuzz.";

  private static final Set<String> PROBED =
      Set.of("bytes", "entry", "log", "table", "version", "shell", "fuzz");

  private final Probes probes;

  ProbedClasses() {
    super(ProbedClasses.class.getClassLoader());
    probes = new Probes(getParent());
    ProbedClasses.class.getModule().addExports("org.tuffdb.fuzz", getUnnamedModule());
  }

  /// The target of that class.
  Target target(String className) {
    try {
      return (Target) loadClass(className).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException renamed) {
      throw new LinkageError(className, renamed);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean shared = name.startsWith(SHARED) && !name.startsWith(SHARED + "Maze");
    if (!name.startsWith(OURS) || shared) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      byte[] probed = isProbed(name) ? probes.into(name, bytes) : bytes;
      return defineClass(name, probed, 0, probed.length);
    } catch (IOException unreadable) {
      throw new ClassNotFoundException(name, unreadable);
    }
  }

  private static boolean isProbed(String name) {
    int end = name.indexOf('.', OURS.length());
    return end > 0 && PROBED.contains(name.substring(OURS.length(), end));
  }
}
