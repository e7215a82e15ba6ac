package org.tuffdb.fuzz;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/// Puts a call of [Edges#at] before each block of a class's code: at the beginning of a method,
/// where a branch may lead to, and behind a branch that is not taken.
final class Probes {
  private static final ClassDesc EDGES = ClassDesc.of(Edges.class.getName());
  private static final MethodTypeDesc AT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);

  private final ClassFile classFile;

  /// @param loader where the classes' types are found, without loading them
  Probes(ClassLoader loader) {
    classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)));
  }

  byte[] into(String name, byte[] bytes) {
    Numbers numbers = new Numbers(name);
    return classFile.transformClass(
        classFile.parse(bytes),
        ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(() -> new Body(numbers))));
  }

  /// Numbers of blocks. They follow from the name of the class, so that they are the same in each
  /// run, and are spread, so that two edges seldom get the same one.
  private static final class Numbers {
    private long last;

    Numbers(String name) {
      last = name.hashCode();
    }

    int next() {
      last = last * 0x5851_f42d_4c95_7f2dL + 0x1405_7b7e_f767_814fL;
      return (int) (last >>> 40) & (Edges.COUNT - 1);
    }
  }

  private static final class Body implements CodeTransform {
    private final Numbers numbers;

    /// Whether a block begins with the next instruction.
    private boolean begins = true;

    Body(Numbers numbers) {
      this.numbers = numbers;
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      if (begins && element instanceof Instruction) {
        begins = false;
        code.loadConstant(numbers.next()).invokestatic(EDGES, "at", AT);
      }
      code.with(element);
      begins |= element instanceof LabelTarget || element instanceof BranchInstruction;
    }
  }
}
