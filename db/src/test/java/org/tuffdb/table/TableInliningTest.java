package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import org.junit.jupiter.api.Test;
import org.tuffdb.ClassFiles;

/// See `docs/decisions/0011-speed.md`, "Fifteen calls deep".
class TableInliningTest {
  /// HotSpot's FreqInlineSize: what is longer is inlined nowhere, however hot it is.
  private static final int INLINED_BYTES_MAX = 325;

  @Test
  void aSearchOfATableIsCompiledByItself() throws IOException {
    assertThat(codeLength("org/tuffdb/table/Table", "find")).isGreaterThan(INLINED_BYTES_MAX);
  }

  @Test
  void aSeekInATableIsCompiledByItself() throws IOException {
    assertThat(codeLength("org/tuffdb/table/TableCursor", "enter"))
        .isGreaterThan(INLINED_BYTES_MAX);
  }

  private static int codeLength(String className, String methodName) throws IOException {
    for (ClassModel model : ClassFiles.main()) {
      if (model.thisClass().asInternalName().equals(className)) {
        for (MethodModel method : model.methods()) {
          if (method.methodName().equalsString(methodName)) {
            return ((CodeAttribute) method.code().orElseThrow()).codeLength();
          }
        }
      }
    }
    throw new AssertionError("there is no %s.%s".formatted(className, methodName));
  }
}
