package org.tuffdb.version;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Forgery;
import org.tuffdb.forge.Structure;

/// `CURRENT`: a line of text, see [Current].
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record CurrentStructure(byte[] content) implements Structure {
  private static final List<String> NAMES =
      List.of(
          "",
          " ",
          "CURRENT",
          "000001.log",
          "MANIFEST-",
          "MANIFEST-0",
          "MANIFEST-000000",
          "MANIFEST--00001",
          "MANIFEST-0000001",
          "MANIFEST-2147483647",
          "MANIFEST-2147483648",
          "MANIFEST-999999999999999999",
          "MANIFEST-9223372036854775808",
          "MANIFEST-000001 MANIFEST-000001",
          "../db/MANIFEST-000001");

  private static final List<String> FORMS =
      List.of(
          "%s %08x\n", "%s %08X\n", "%s %x", "%s %08x\n\n", "%s  %08x\n", "\n%s %08x\n", "%s\n");

  @Override
  public NavigableMap<String, List<Field>> parts() {
    return new TreeMap<>();
  }

  @Override
  public void seal(byte[] changed) {
    byte[] sealed = line(FORMS.getFirst(), new String(changed, ISO_8859_1).split(" ", 2)[0]);
    System.arraycopy(sealed, 0, changed, 0, changed.length);
  }

  @Override
  public byte[] rearranged(SplittableRandom random) {
    String sound = new String(content, ISO_8859_1).split(" ", 2)[0];
    return switch (random.nextInt(3)) {
      case 0 -> line(FORMS.getFirst(), "MANIFEST-%06d".formatted(random.nextInt(40)));
      case 1 -> line(Forgery.pick(FORMS, random), sound);
      default -> line(Forgery.pick(FORMS, random), Forgery.pick(NAMES, random));
    };
  }

  private static byte[] line(String form, String name) {
    byte[] bytes = name.getBytes(ISO_8859_1);
    return form.formatted(name, new Checksum().of(bytes, 0, bytes.length)).getBytes(ISO_8859_1);
  }
}
