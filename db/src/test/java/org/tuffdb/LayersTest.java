package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A package uses only those before it in the list: the engine reads from the bottom up.
class LayersTest {
  private static final List<String> LAYERS =
      List.of(
          "error",
          "event",
          "fs",
          "bytes",
          "entry",
          "log",
          "memtable",
          "table",
          "version",
          "compact",
          "root");

  /// A class of ours in a name, a descriptor or a signature. The first part is its package.
  private static final Pattern OURS = Pattern.compile("org/tuffdb/((?:[a-z0-9_]+/)*)[A-Z]");

  @Test
  void packagesUseOnlyThoseBelow() throws IOException {
    Set<String> wrong = new TreeSet<>();
    for (ClassModel model : ClassFiles.main()) {
      String user = ClassFiles.packageOf(model);
      assertThat(LAYERS).as("LayersTest.LAYERS must list the package").contains(user);
      for (String used : usedBy(model)) {
        if (LAYERS.indexOf(used) > LAYERS.indexOf(user)) {
          wrong.add(model.thisClass().asInternalName() + " uses " + used);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// All names are among the constants, also those of types that only a signature mentions.
  private static Set<String> usedBy(ClassModel model) {
    Set<String> used = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof Utf8Entry text) {
        Matcher names = OURS.matcher(text.stringValue());
        while (names.find()) {
          String name = names.group(1);
          used.add(name.isEmpty() ? "root" : name.substring(0, name.length() - 1));
        }
      }
    }
    return used;
  }

  @Test
  void usesAreSeen() throws IOException {
    ClassModel lock =
        ClassFiles.main().stream()
            .filter(model -> model.thisClass().asInternalName().endsWith("/DiskLock"))
            .findFirst()
            .orElseThrow();
    assertThat(usedBy(lock)).containsExactly("error", "fs");
  }
}
