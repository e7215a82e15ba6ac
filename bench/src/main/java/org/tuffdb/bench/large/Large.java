package org.tuffdb.bench.large;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs one campaign: `bench/large COMMAND [--option value]...`. Ends with 1 if a limit was missed.
public final class Large {
  private static final String USAGE =
      """
      bench/large COMMAND [--OPTION VALUE]...

      bounded  memory stays within the budget while 20 million entries are written and read
               --entries 20_000_000 --memory 256m --heap 256m --limit 640m
               --cgroup: the same in a memory cgroup of --cgroup-bytes 768m
      space    overwritten and deleted entries give their room back
               --entries 5_000_000 --memory 256m --wait 180 (seconds, for the deletes)
      reopen   opening after kill -9, and after a clean close
               --entries 20_000_000 --memory 256m --heap 256m --write-seconds 5 --rounds 1
      smooth   how long single puts take while they come at full speed
               --minutes 5 --entries 20_000_000 (different keys) --memory 256m
      read     a get and a step of a cursor in mapped tables
               --entries 2_000_000 --memory 1g --rounds 5

      All: --seed 1 --reading auto|mapped|cached --dir DIRECTORY --keep
      Without --dir the store is in a new directory below the current one. What a command creates it
      deletes, unless --keep is given. reopen takes a store that bounded --keep left, with the same
      --entries and --seed, and loads nothing then.
      """;

  private Large() {}

  public static void main(String[] args) throws Exception {
    List<String> words = Arrays.asList(args);
    if (words.isEmpty() || words.contains("--help")) {
      System.out.print(USAGE);
      System.exit(words.isEmpty() ? 2 : 0);
    }
    System.exit(run(words.getFirst(), words.subList(1, words.size())));
  }

  private static int run(String name, List<String> options) throws Exception {
    for (Command command : commands()) {
      if (command.name().equals(name)) {
        Report report = new Report();
        try {
          command.body().run(new Arguments(options, command.optionNames()), report);
        } catch (Misuse misuse) {
          System.err.println(misuse.getMessage());
          return 2;
        }
        return report.exitCode();
      }
    }
    System.err.print(USAGE);
    return 2;
  }

  private static List<Command> commands() {
    List<Command> commands = new ArrayList<>();
    commands.addAll(Bounded.commands());
    commands.addAll(Space.commands());
    commands.addAll(Reopen.commands());
    commands.addAll(Smooth.commands());
    commands.addAll(Read.commands());
    return commands;
  }
}
