package org.tuffdb;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The files that the tests of the code's shape read, below the module's own directory.
public final class ClassFiles {
  private ClassFiles() {}

  public static List<ClassModel> main() throws IOException {
    return read(Path.of("target/classes"));
  }

  static List<ClassModel> test() throws IOException {
    return read(Path.of("target/test-classes"));
  }

  private static List<ClassModel> read(Path directory) throws IOException {
    List<Path> files =
        files(directory, ".class").stream()
            .filter(file -> !file.endsWith("module-info.class"))
            .toList();
    if (files.isEmpty()) {
      throw new AssertionError("nothing to look at in " + directory.toAbsolutePath());
    }
    List<ClassModel> models = new ArrayList<>();
    for (Path file : files) {
      models.add(ClassFile.of().parse(file));
    }
    return models;
  }

  static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /// The package below `org.tuffdb`, `root` for that one itself.
  public static String packageOf(ClassModel model) {
    String name = model.thisClass().asInternalName();
    String inside = name.substring("org/tuffdb/".length());
    int end = inside.lastIndexOf('/');
    return end < 0 ? "root" : inside.substring(0, end);
  }
}
