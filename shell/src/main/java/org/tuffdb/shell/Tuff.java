package org.tuffdb.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.Queryable;
import org.tuffdb.Stats;
import org.tuffdb.Verification;
import org.tuffdb.error.DbException;
import org.tuffdb.event.Event;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/// The commands, each a method. A command opens the store, does its work, and closes it; within
/// `shell` all work on the store that is open.
@Command(
    name = "tuff",
    version = "tuff 0.1.0",
    mixinStandardHelpOptions = true,
    subcommands = HelpCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "A durable, ordered key-value store in a directory.",
    footer = {
      "",
      "Keys and values are text in UTF-8, or 0x and hexadecimal digits for bytes. What is printed"
          + " has the same forms: text, or 0x… where it is not UTF-8, has control characters or"
          + " begins with 0x. After -- nothing is taken for an option.",
      "",
      "Exit codes: 0 done; 1 not found; 2 the command or its input is wrong; 3 the store reported"
          + " an error."
    })
final class Tuff {
  static final int OK = 0;
  static final int NOT_FOUND = 1;
  static final int USAGE = 2;
  static final int STORE_ERROR = 3;

  /// What shells report for a process that Ctrl-C ended.
  static final int INTERRUPTED = 130;

  private final Console console;
  private final Interruption interruption;

  /// A store that is open, and where it is.
  private record OpenStore(Db db, Path directory) {}

  /// The store of the shell; null if each command opens its own.
  private final @Nullable OpenStore shared;

  @Option(
      names = "--db",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The store's directory; by default $TUFF_DB, else ./tuff-data.")
  private @Nullable Path directory;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean debug;

  private Tuff(Console console, Interruption interruption, @Nullable OpenStore shared) {
    this.console = console;
    this.interruption = interruption;
    this.shared = shared;
  }

  /// Runs one command and returns its exit code.
  static int run(Console console, Interruption interruption, String... args) {
    return new Tuff(console, interruption, null).execute(args);
  }

  /// Runs one command on `shared`, which is in `directory`.
  static int runWithin(
      Db shared, Path directory, Console console, Interruption interruption, String... args) {
    return new Tuff(console, interruption, new OpenStore(shared, directory)).execute(args);
  }

  private int execute(String... args) {
    CommandLine commandLine = commandLine();
    if (args.length == 0) {
      commandLine.usage(console.err());
      return USAGE;
    }
    int exitCode = commandLine.execute(args);
    commandLine.getOut().flush();
    return console.out().finish() ? exitCode : Math.max(exitCode, outputFailed());
  }

  private int outputFailed() {
    IOException failure = console.out().failure();
    if (failure == null || console.out().isBrokenPipe()) {
      return OK;
    }
    console.problem("the output cannot be written: " + failure.getMessage());
    return STORE_ERROR;
  }

  CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(this);
    commandLine.getSubcommands().forEach(Tuff::complete);
    if (shared != null) {
      commandLine.getCommandSpec().removeSubcommand("shell");
    }
    return commandLine
        .setExpandAtFiles(false)
        .setExecutionStrategy(Tuff::run)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(false)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(console.outIsTerminal() ? Ansi.ON : Ansi.OFF))
        .setOut(new PrintWriter(console.out(), false, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((wrong, _) -> usage(wrong))
        .setExecutionExceptionHandler((failure, _, _) -> failed(failure));
  }

  /// Has each command help, as `help` itself does, and keys and values begin with a minus.
  private static void complete(String name, CommandLine command) {
    KeyCommands.prepare(name, command);
    if (!name.equals("help")) {
      OptionSpec.Builder help = OptionSpec.builder("-h", "--help").usageHelp(true);
      command.getCommandSpec().addOption(help.description("Show what is said here.").build());
    }
  }

  private static int run(ParseResult parsed) {
    KeyCommands.refuseMistypedOption(parsed);
    return new CommandLine.RunLast().execute(parsed);
  }

  private int usage(ParameterException wrong) {
    console.problem(String.valueOf(wrong.getMessage()));
    CommandSpec command = wrong.getCommandLine().getCommandSpec();
    console.err().println("'" + help(command) + "' says more.");
    return USAGE;
  }

  /// The command that prints help about `command`.
  private String help(CommandSpec command) {
    String name = command.parent() == null ? "" : " " + command.name();
    if (shared != null) {
      return "help" + name;
    }
    return name.isEmpty() ? "tuff --help" : "tuff help" + name;
  }

  private int failed(Exception thrown) {
    Throwable failure = Messages.cause(thrown);
    if (console.out().failure() != null && !(failure instanceof DbException)) {
      return OK; // where nothing but the output failed, that is told when the command has ended
    }
    console.problem(Messages.of(failure));
    if (debug) {
      failure.printStackTrace(console.err());
    }
    return failure instanceof UsageException || failure instanceof IllegalArgumentException
        ? USAGE
        : STORE_ERROR;
  }

  /// Where the store is.
  private Path directory() {
    if (shared != null) {
      requireNoOther();
      return shared.directory;
    }
    return StoreDirectory.of(directory);
  }

  private void requireNoOther() {
    if (directory != null) {
      throw new UsageException("the shell has one store open: --db cannot name another");
    }
  }

  /// Work on an open store that ends with an exit code.
  interface Work {
    int on(Db db) throws IOException;
  }

  /// Works on the store, creating it if there is none.
  private int creating(Work work) throws IOException {
    if (shared != null) {
      requireNoOther();
      return work.on(shared.db);
    }
    try (Db db = Db.builder(directory()).listener(this::tell).open()) {
      return work.on(db);
    }
  }

  /// Works on the store if there is one.
  private int existing(Work work) throws IOException {
    if (shared == null && !storeExists()) {
      console.problem("there is no store in " + directory() + ": a put or load creates one");
      return NOT_FOUND;
    }
    return creating(work);
  }

  private boolean storeExists() {
    return Verification.isStore(directory());
  }

  private void tell(Event event) {
    if (event instanceof Event.TornTailFound torn) {
      console.problem(
          "a crash cut the log short: %d bytes that were never acknowledged are kept in %s"
              .formatted(torn.bytes(), torn.copy()));
    }
  }

  /// Reads from a keyspace that must be there.
  private interface Reading {
    int from(Queryable source) throws IOException;
  }

  private int reading(String keyspace, Reading reading) throws IOException {
    return existing(db -> {
      return hasKeyspace(db, keyspace) ? reading.from(db.keyspace(keyspace)) : NOT_FOUND;
    });
  }

  /// Whether there is a keyspace of that name; if not, says so.
  private boolean hasKeyspace(Db db, String name) {
    boolean there = db.keyspaces().contains(name);
    if (!there) {
      console.problem(
          "there is no keyspace %s; there are: %s"
              .formatted(Text.quoted(name), String.join(", ", db.keyspaces())));
    }
    return there;
  }

  /// Has no store made for a keyspace that is refused.
  private void requireNameable(String keyspace) {
    if (!storeExists()) {
      NewKeyspaces.requirePrintable(keyspace);
    }
  }

  @Command(description = "Set KEY to VALUE. It is on the disk when this says ok.")
  int put(
      @Parameters(paramLabel = "KEY") String key,
      @Parameters(paramLabel = "VALUE") String value,
      @Mixin In in)
      throws IOException {
    byte[] keyBytes = Text.ofArgument(key);
    byte[] valueBytes = Text.ofArgument(value);
    new Batch().put(in.keyspace, keyBytes, valueBytes); // refuses before a store is made
    requireNameable(in.keyspace);
    return creating(db -> {
      Keyspace keyspace = NewKeyspaces.open(db, in.keyspace);
      long begun = System.nanoTime();
      keyspace.put(keyBytes, valueBytes);
      return done(Text.of(keyBytes) + " is on the disk", begun);
    });
  }

  @Command(description = "Print the value of KEY.")
  int get(
      @Parameters(paramLabel = "KEY") String key,
      @Option(names = "--raw", description = "The bytes as they are, and no end of line.")
          boolean raw,
      @Mixin In in)
      throws IOException {
    byte[] keyBytes = Text.ofArgument(key);
    return reading(
        in.keyspace,
        source -> {
          byte[] value = source.get(keyBytes);
          if (value == null) {
            return notFound(keyBytes);
          }
          if (raw) {
            console.out().write(value);
          } else {
            Text.write(value, console.out());
            console.out().write('\n');
          }
          return OK;
        });
  }

  @Command(description = "Remove KEY. That is on the disk when this says ok.")
  int delete(@Parameters(paramLabel = "KEY") String key, @Mixin In in) throws IOException {
    byte[] keyBytes = Text.ofArgument(key);
    return reading(
        in.keyspace,
        source -> {
          if (!source.contains(keyBytes)) {
            return notFound(keyBytes);
          }
          long begun = System.nanoTime();
          ((Keyspace) source).delete(keyBytes);
          return done(Text.of(keyBytes) + " is deleted, on the disk", begun);
        });
  }

  private int notFound(byte[] key) {
    console.problem("not found: " + Text.of(key));
    return NOT_FOUND;
  }

  private int done(String what, long begun) throws IOException {
    console.out().line("ok: " + what + " (" + Figures.time(System.nanoTime() - begun) + ")");
    return OK;
  }

  @Command(
      description = "Print the records in the order of their keys: key, tab, value.",
      footer = {"", "Keys are ordered as unsigned bytes."})
  int scan(@Mixin ScanOptions options, @Mixin In in) throws IOException {
    options.requireSense();
    return reading(
        in.keyspace,
        source -> {
          options.print(source, console, interruption);
          return OK;
        });
  }

  @Command(
      description = "Write the records of FILE into the store.",
      footer = {
        "",
        "The records are on the disk when this says ok. It stops at the first that is wrong, and"
            + " says how many were loaded before."
      })
  int load(@Mixin Load load, @Mixin In in) throws IOException {
    try (Interruption.Section _ = interruption.begin()) {
      if (shared != null && load.isStandardInput()) {
        throw new UsageException("the shell reads its commands from there: name a file to load");
      }
      load.prepare();
      requireNameable(in.keyspace);
      return load.run(this::creating, in.keyspace, console, interruption);
    }
  }

  @Command(description = "Print all records, in a form that load reads.")
  int dump(
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "jsonl",
              description = "jsonl (default) or csv.")
          DumpFormat format,
      @Mixin In in)
      throws IOException {
    return reading(
        in.keyspace,
        source -> {
          ScanOptions.print(
              source,
              switch (format) {
                case JSONL -> RecordWriter.json(console.out(), false);
                case CSV -> RecordWriter.csv(console.out());
              },
              interruption);
          return OK;
        });
  }

  @Command(description = "Print figures of the store.")
  int stats(@Option(names = "--json", description = "As one JSON object.") boolean json)
      throws IOException {
    return existing(db -> {
      StatsPrinter.print(db.stats(), json, console.out());
      return OK;
    });
  }

  @Command(
      description = {
        "Print the records of the log files, without opening the store: also beside a process that"
            + " has it open.",
        "A line for each entry, in columns set apart by tabs: file and offset, put or delete,"
            + " sequence number, keyspace, key, value."
      })
  int log() throws IOException {
    if (!storeExists()) {
      console.problem("there is no store in " + directory());
      return NOT_FOUND;
    }
    return new LogPrinter(directory(), console, interruption).print() ? OK : STORE_ERROR;
  }

  @Command(
      description = "Print the levels of each keyspace, and what they cost.",
      footer = {
        "",
        "Read amplification is in how many places a read of a key that is not there may have to"
            + " look. Debt is about how much compactions have to write until nothing is due."
      })
  int levels(
      @Option(
              names = "--keyspace",
              paramLabel = "NAME",
              description = "This keyspace alone; by default all.")
          @Nullable String keyspace)
      throws IOException {
    return existing(db -> {
      if (keyspace != null && !hasKeyspace(db, keyspace)) {
        return NOT_FOUND;
      }
      LevelsPrinter.print(db.stats(), keyspace, console.out());
      return OK;
    });
  }

  @Command(
      description = {
        "Print what the table FILE says of itself, without opening the store.",
        "FILE is a path, or the number of a table of the store. Lists are in columns set apart by"
            + " tabs."
      })
  int table(
      @Parameters(paramLabel = "FILE", description = "A path, or a number as `levels` has it.")
          String file,
      @Option(
              names = "--blocks",
              description =
                  "Its blocks: number, offset, bytes in the file and in memory, entries, first"
                      + " key.")
          boolean blocks,
      @Option(
              names = "--entries",
              description = "Its entries: sequence number, what it is, key, size of the value.")
          boolean entries)
      throws IOException {
    if (blocks && entries) {
      throw new UsageException("--blocks and --entries are two different lists");
    }
    TablePrinter.What what =
        blocks
            ? TablePrinter.What.BLOCKS
            : entries ? TablePrinter.What.ENTRIES : TablePrinter.What.PROPERTIES;
    return new TablePrinter(directory(), file, console, interruption).print(what);
  }

  @Command(
      description = {
        "Print the history of the store's files from the manifest, without opening the store.",
        "A line for each edit, in columns set apart by tabs: file and offset, what it is, and its"
            + " particulars. Lines with the same offset took effect together."
      })
  int manifest() throws IOException {
    if (!storeExists()) {
      console.problem("there is no store in " + directory());
      return NOT_FOUND;
    }
    return new ManifestPrinter(directory(), console, interruption).print() ? OK : STORE_ERROR;
  }

  @Command(description = "Bring everything that is in memory and in the log into tables.")
  int flush() throws IOException {
    return existing(db -> {
      long begun = System.nanoTime();
      long before = db.stats().work().flushedBytes();
      db.flush();
      long flushed = db.stats().work().flushedBytes() - before;
      return done(Figures.size(flushed) + " written into tables", begun);
    });
  }

  @Command(
      description =
          "Merge the tables with keys of a range, by default all, down to the last level.",
      footer = {
        "",
        "What was deleted or overwritten then takes no room any more. Nobody has to ask for it: a"
            + " store compacts itself."
      })
  int compact(@Mixin RangeOptions keys, @Mixin In in) throws IOException {
    KeyRange range = keys.range();
    return existing(db -> {
      if (!hasKeyspace(db, in.keyspace)) {
        return NOT_FOUND;
      }
      long begun = System.nanoTime();
      Stats.Work before = db.stats().work();
      db.keyspace(in.keyspace).compact(range);
      Stats.Work after = db.stats().work();
      return done(
          "%s of tables became %s"
              .formatted(
                  Figures.size(after.compactedReadBytes() - before.compactedReadBytes()),
                  Figures.size(after.compactedWrittenBytes() - before.compactedWrittenBytes())),
          begun);
    });
  }

  @Command(
      name = "delete-range",
      description = "Remove all keys of a range. That is on the disk when this says ok.",
      footer = {"", "It takes as long as removing one key. --prefix '' means all keys."})
  int deleteRange(@Mixin RangeOptions keys, @Mixin In in) throws IOException {
    if (!keys.isGiven()) {
      throw new UsageException("say which keys: --from, --to or --prefix; --prefix '' means all");
    }
    keys.requireNoEmptyBound();
    KeyRange range = keys.range();
    return reading(
        in.keyspace,
        source -> {
          long begun = System.nanoTime();
          ((Keyspace) source).deleteRange(range);
          return done("the range is deleted, on the disk", begun);
        });
  }

  @Command(description = "Print the keyspaces, the oldest first; or drop one.")
  int keyspaces(
      @Option(
              names = "--drop",
              paramLabel = "NAME",
              description = "Remove this keyspace with all that is in it, at once and for good.")
          @Nullable String drop)
      throws IOException {
    return existing(db -> {
      if (drop == null) {
        LevelsPrinter.printKeyspaces(db.stats(), console.out());
        return OK;
      }
      if (!hasKeyspace(db, drop)) {
        return NOT_FOUND;
      }
      long begun = System.nanoTime();
      db.dropKeyspace(drop);
      return done("keyspace " + Text.printable(drop) + " is dropped", begun);
    });
  }

  @Command(
      description = {
        "Read every byte of every file and print what is damaged, without opening the store.",
        "A line for each damage, in columns set apart by tabs: file and offset, what is wrong,"
            + " keyspace and keys that it concerns at most."
      },
      footer = {"", "Exit code 0 if nothing is damaged, 3 if anything is."})
  int verify() throws IOException {
    if (shared != null) {
      throw new UsageException("verify needs the store for itself: leave the shell first");
    }
    if (!Verification.isStore(directory())) {
      console.problem("there is no store in " + directory());
      return NOT_FOUND;
    }
    return Verify.run(directory(), console);
  }

  @Command
  int bench(@Mixin Bench bench) throws IOException, InterruptedException {
    if (directory != null) {
      throw new UsageException("bench makes stores of its own: --directory says where, not --db");
    }
    return bench.run(console, interruption);
  }

  @Command(
      description = {
        "Take one command after another, on a store that is opened once.",
        "On a terminal with history and completion; otherwise the commands are read line by line,"
            + " up to the first that fails."
      })
  int shell() throws IOException {
    return creating(db -> session(db).run());
  }

  private Session session(Db db) {
    return new Session(db, directory(), console, interruption);
  }

  /// The commands that there are within a session on `db`.
  static CommandLine commands(Db db, Path directory) {
    OpenStore shared = new OpenStore(db, directory);
    return new Tuff(Console.ofProcess(), new Interruption(), shared).commandLine();
  }
}
