package org.tuffdb.torture;

final class Interrupts implements Campaign {
  @Override
  public String name() {
    return "interrupts";
  }

  @Override
  public String summary() {
    return "";
  }

  @Override
  public String run(Settings settings) {
    return "";
  }
}
