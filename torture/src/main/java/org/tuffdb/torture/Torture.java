package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/// The command line: runs the campaigns that are named, or all.
///
/// Exits with 0 if the store kept all promises, 1 if not, 2 if the command is wrong.
final class Torture {
  private static final List<Campaign> CAMPAIGNS = List.of(new Kill(), new Interrupts());

  private Torture() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    List<Campaign> chosen = new ArrayList<>();
    OptionalInt runs = OptionalInt.empty();
    OptionalInt seconds = OptionalInt.empty();
    long seed = RandomGenerator.getDefault().nextLong(1_000_000);
    try {
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--help" -> {
            System.out.println(usage());
            return 0;
          }
          case "--runs" -> runs = OptionalInt.of(positive(args, ++i));
          case "--seconds" -> seconds = OptionalInt.of(positive(args, ++i));
          case "--seed" -> seed = Long.parseLong(argument(args, ++i));
          default -> chosen.add(campaign(args[i]));
        }
      }
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage() + System.lineSeparator() + usage());
      return 2;
    }
    Settings settings = new Settings(runs, seconds, seed);
    boolean held = true;
    for (Campaign campaign : chosen.isEmpty() ? CAMPAIGNS : chosen) {
      held &= run(campaign, settings);
    }
    return held ? 0 : 1;
  }

  private static boolean run(Campaign campaign, Settings settings) {
    try {
      System.out.println(campaign.name() + ": " + campaign.run(settings));
      return true;
    } catch (Exception | AssertionError failure) {
      failure.printStackTrace();
      System.out.printf(
          "%s: FAILED: %s%nagain: torture/run %s%s%n",
          campaign.name(), failure.getMessage(), campaign.name(), settings.arguments());
      return false;
    }
  }

  private static Campaign campaign(String name) {
    return CAMPAIGNS.stream()
        .filter(campaign -> campaign.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no campaign " + name));
  }

  private static int positive(String[] args, int index) {
    int number = Integer.parseInt(argument(args, index));
    if (number <= 0) {
      throw new IllegalArgumentException(args[index - 1] + " needs a number from 1 on");
    }
    return number;
  }

  private static String argument(String[] args, int index) {
    if (index == args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a number");
    }
    return args[index];
  }

  private static String usage() {
    StringBuilder usage =
        new StringBuilder(
            """
            usage: torture/run [--runs N] [--seconds N] [--seed S] [CAMPAIGN...]
            Without a campaign all are run:
            """);
    CAMPAIGNS.forEach(
        campaign -> usage.append("  %-12s%s%n".formatted(campaign.name(), campaign.summary())));
    return usage.toString().stripTrailing();
  }
}
