package org.tuffdb;

import java.lang.reflect.Field;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reaches what a store is made of, to inject trouble at places that no test reaches from outside,
/// and to look at what nobody outside sees.
final class Inside {
  private Inside() {}

  static <T> T get(Object owner, String field, Class<T> type) {
    return Objects.requireNonNull(type.cast(read(owner, field)), field);
  }

  static boolean isNull(Object owner, String field) {
    return read(owner, field) == null;
  }

  private static @Nullable Object read(Object owner, String field) {
    try {
      return accessible(owner, field).get(owner);
    } catch (ReflectiveOperationException renamed) {
      throw new LinkageError(field, renamed);
    }
  }

  static void set(Object owner, String field, @Nullable Object value) {
    try {
      accessible(owner, field).set(owner, value);
    } catch (ReflectiveOperationException renamed) {
      throw new LinkageError(field, renamed);
    }
  }

  private static Field accessible(Object owner, String name) throws ReflectiveOperationException {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
