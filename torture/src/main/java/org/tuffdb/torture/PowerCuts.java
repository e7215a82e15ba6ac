package org.tuffdb.torture;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;

/// Takes the power from a real file system while a [Worker] writes to a store on it, at a random
/// moment, and again while the next one opens what that left behind. Whatever was acknowledged or
/// read as durable is there afterwards, what is there is a prefix of what was written, and the
/// files are whole.
final class PowerCuts implements Campaign {
  private final String disks;
  private final PowerDisk.Maker maker;
  private final DiskKind kind;
  private final int cycles;
  private final Bug bug;

  private PowerCuts(String disks, PowerDisk.Maker maker, DiskKind kind, int cycles, Bug bug) {
    this.disks = disks;
    this.maker = maker;
    this.kind = kind;
    this.cycles = cycles;
    this.bug = bug;
  }

  /// The file system stops, as the kernel can have it: what it has not written by then is lost.
  static PowerCuts byShutdown(DiskKind kind, Bug bug) {
    return new PowerCuts(
        "power",
        (scratch, of) -> {
          Plug.require();
          return LoopDisk.create(scratch, of, of.sizeBytes());
        },
        kind,
        150,
        bug);
  }

  /// The disk has a cache of its own, and forgets it: what the file system has written is lost,
  /// too, but for what it had flushed.
  static PowerCuts ofVolatileDisk(DiskKind kind, Bug bug) {
    return new PowerCuts(
        "volatile",
        (scratch, of) -> {
          NbdDisk.require();
          return NbdDisk.create(scratch, of);
        },
        kind,
        10,
        bug);
  }

  @Override
  public String name() {
    return disks + "-" + kind.label();
  }

  @Override
  public String summary() {
    return "power cuts on " + kind.label() + " while a process writes (--runs, " + cycles + ")";
  }

  @Override
  public String run(Settings settings) throws Exception {
    kind.require();
    try (Scratch scratch = Scratch.createInMemory(name());
        PowerDisk disk = maker.make(scratch, kind)) {
      int runs = settings.runs().orElse(cycles);
      Cuts cuts = new Cuts(name(), runs, settings.seed(), scratch, disk, this::start);
      return scratch.keepIfFailed(bug, cuts::run);
    }
  }

  private Child start(Path store, Path errors) throws IOException {
    return Child.start(
        Worker.class, Redirect.to(errors.toFile()), List.of(), store.toString(), bug.name());
  }
}
