package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the documents name exists: a class, or a method of one.
class ArchitectureTest {
  private static final Path DOCS = Path.of("../docs");

  /// `Name` or `Name.method`, in backquotes, with the first letter of a class.
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][a-z][A-Za-z]+)(?:\\.([a-z]\\w+))?(?:\\(.*?\\))?`");

  @Test
  void everyClassAndMethodThatIsNamedExists() throws IOException {
    Set<String> known = new TreeSet<>();
    collect(ClassFiles.main(), known);
    collect(ClassFiles.test(), known);
    Set<String> missing = new TreeSet<>();
    int found = 0;
    for (String page :
        new String[] {"ARCHITECTURE.md", "locking.md", "formats/log.md", "formats/table.md"}) {
      Matcher names = NAMED.matcher(Files.readString(DOCS.resolve(page)));
      while (names.find()) {
        String name =
            names.group(2) == null ? names.group(1) : names.group(1) + "." + names.group(2);
        found++;
        if (!known.contains(name) && !isOfTheJdk(name)) {
          missing.add(page + ": " + name);
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(50);
  }

  private static void collect(List<ClassModel> classes, Set<String> known) {
    for (ClassModel model : classes) {
      String name = model.thisClass().asInternalName();
      String simpleName =
          name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('$')) + 1);
      known.add(simpleName);
      known.addAll(
          model.methods().stream()
              .map(method -> simpleName + "." + method.methodName().stringValue())
              .collect(Collectors.toSet()));
      model.fields().forEach(f -> known.add(simpleName + "." + f.fieldName().stringValue()));
    }
  }

  private static boolean isOfTheJdk(String name) {
    return Set.of("InternalError", "IOException").contains(name);
  }
}
