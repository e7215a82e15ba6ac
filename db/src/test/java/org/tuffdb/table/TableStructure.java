package org.tuffdb.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.HeaderForge;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.forge.Field;
import org.tuffdb.forge.Forgery;
import org.tuffdb.forge.Parts;
import org.tuffdb.forge.Structure;

/// The file of a table: see [TableFormat].
public final class TableStructure implements Structure {
  private final byte[] content;
  private final TableFormat.Handle[] handles;
  private final Parts parts = new Parts();

  public TableStructure(byte[] content) {
    this.content = content;
    byte[] footer = Arrays.copyOfRange(content, footerAt(content), content.length);
    this.handles = format(content).readFooter(Path.of("sound.table"), footer, footerAt(content));
    HeaderForge.addTo(parts);
    for (BlockPlace block : blocks(content)) {
      block.addTo(parts, content);
    }
    new SectionFields(content, parts).addAll(handles);
    addFooter();
  }

  private static int footerAt(byte[] file) {
    return file.length - TableFormat.FOOTER_BYTES;
  }

  private static TableFormat format(byte[] file) {
    return new TableFormat(
        new FileHeader(
            FileHeader.Kind.TABLE,
            LittleEndian.getLong(file, 24),
            LittleEndian.getLong(file, 32),
            LittleEndian.getInt(file, 40)));
  }

  /// The blocks, as the fences of a file say.
  private List<BlockPlace> blocks(byte[] file) {
    TableFormat.Handle fences = handles[TableFormat.FENCES];
    int count = fences.length() == 0 ? 0 : LittleEndian.getInt(content, (int) fences.offset());
    int placesAt = (int) fences.offset() + 16 + Long.BYTES * count;
    List<BlockPlace> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long place = LittleEndian.getLong(file, placesAt + Long.BYTES * i);
      long next = LittleEndian.getLong(file, placesAt + Long.BYTES * (i + 1));
      blocks.add(new BlockPlace(place >>> 1, next >>> 1, (place & 1) != 0));
    }
    return blocks;
  }

  private void addFooter() {
    int at = footerAt(content);
    for (int i = 0; i < TableFormat.SECTIONS; i++) {
      parts.add("footer", new Field("offset", at + i * TableFormat.HANDLE_BYTES, 8));
      parts.add("footer", new Field("length", at + i * TableFormat.HANDLE_BYTES + 8, 8));
      parts.add("footer", new Field("zero", at + i * TableFormat.HANDLE_BYTES + 20, 4));
    }
    parts.add("footer", new Field("features", at + 96, 8));
    parts.add("footer", new Field("version", at + 104, 4));
    parts.add("footer", new Field("magic", at + 108, 8));
    parts.add("footer", new Field("zero", at + 116, 8));
  }

  @Override
  public byte[] content() {
    return content;
  }

  @Override
  public NavigableMap<String, List<Field>> parts() {
    return parts.fields();
  }

  /// Blocks, sections and footer as the changed file says where they are, and whose.
  @Override
  public void seal(byte[] changed) {
    HeaderForge.seal(changed);
    for (BlockPlace block : blocks(changed)) {
      block.seal(changed, format(changed));
    }
    sealSections(changed, format(changed));
  }

  static void sealSections(byte[] file, TableFormat format) {
    int footerAt = footerAt(file);
    for (int i = 0; i < TableFormat.SECTIONS; i++) {
      int handleAt = footerAt + i * TableFormat.HANDLE_BYTES;
      long offset = LittleEndian.getLong(file, handleAt);
      long length = LittleEndian.getLong(file, handleAt + 8);
      if (offset >= 0 && length >= 0 && offset <= footerAt && length <= footerAt - offset) {
        int sum = new Checksum().of(file, (int) offset, (int) length);
        LittleEndian.putInt(file, handleAt + 16, format.tied(sum, offset));
      }
    }
    int sum = new Checksum().of(file, footerAt, TableFormat.FOOTER_BYTES - 4);
    LittleEndian.putInt(file, file.length - 4, format.tied(sum, footerAt));
  }

  /// A block takes the place of another one, or the two change places.
  @Override
  public byte[] rearranged(SplittableRandom random) {
    byte[] changed = content.clone();
    List<BlockPlace> blocks = blocks(content);
    if (!blocks.isEmpty()) {
      BlockPlace from = Forgery.pick(blocks, random);
      BlockPlace to = Forgery.pick(blocks, random);
      from.copy(content, to, changed);
      if (random.nextBoolean()) {
        to.copy(content, from, changed);
      }
    }
    seal(changed);
    return changed;
  }
}
