package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.Db;

final class SessionCompleterTest {
  @TempDir private Path parent;
  private Db db;

  @BeforeEach
  void open() {
    db = Db.open(parent.resolve("store"));
    db.put(bytes("apple"), bytes(""));
    db.keyspace("users").put(bytes("ann"), bytes(""));
  }

  @AfterEach
  void close() {
    db.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// What is offered behind `line`.
  private List<String> offered(String line) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    try (Terminal terminal =
        new DumbTerminal(InputStream.nullInputStream(), OutputStream.nullOutputStream())) {
      new SessionCompleter(db, Tuff.commands(db, parent))
          .complete(
              new LineReaderImpl(terminal),
              new DefaultParser().parse(line, line.length(), Parser.ParseContext.COMPLETE),
              candidates);
    }
    return candidates.stream().map(Candidate::value).toList();
  }

  @Test
  void keysAreThoseOfTheKeyspace() throws IOException {
    assertThat(offered("get ")).containsExactly("apple");
    assertThat(offered("get --keyspace users ")).containsExactly("ann");
    assertThat(offered("get --keyspace=users ")).containsExactly("ann");
    assertThat(offered("get --raw a")).containsExactly("apple");
    assertThat(offered("scan --keyspace users --from ")).containsExactly("ann");
  }

  @Test
  void onlyTheFirstWordIsAKey() throws IOException {
    assertThat(offered("put apple ")).isEmpty();
    assertThat(offered("put --keyspace users ann ")).isEmpty();
    assertThat(offered("get --keyspace ")).containsExactly("default", "users");
  }

  @Test
  void filesAreWhatIsLoaded() throws IOException {
    Files.createFile(parent.resolve("in.csv"));
    Files.createDirectory(parent.resolve("inner"));
    assertThat(offered("load --format csv " + parent + "/in"))
        .containsExactlyInAnyOrder(parent + "/in.csv", parent + "/inner/");
    assertThat(offered("load " + parent + "/none/")).isEmpty();
    assertThat(offered("load --format ")).isEmpty();
  }

  @Test
  void tablesAreToldByNumber() throws IOException {
    db.flush();
    assertThat(offered("table --blocks ")).isNotEmpty().allMatch(number -> number.matches("\\d+"));
  }
}
