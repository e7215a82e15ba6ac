package org.tuffdb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.Compression;
import org.tuffdb.workload.Result;

class LimitsTest {
  private final Figures figures = new Figures();

  private void add(String store, String workload, double rate, long longestNanos, double garbage) {
    figures.add(
        new Result(
            store,
            workload,
            "",
            1,
            100,
            1,
            10,
            1,
            rate,
            1,
            1,
            1,
            longestNanos,
            longestNanos,
            1,
            1,
            1,
            garbage,
            50,
            50,
            50,
            50,
            1));
  }

  private List<String> verdicts(String workload, int entries) {
    return new Limits(figures, entries)
        .of(workload).stream()
            .map(finding -> finding.what() + " " + finding.found() + " " + finding.verdict().text())
            .map(String::strip)
            .toList();
  }

  @Test
  void aMedianIsTheMiddleOne() {
    for (double rate : new double[] {1, 100, 3}) {
      add("rocksdb", "readseq", rate, 1, 0);
    }
    figures.add(Result.failed("rocksdb", "readseq", "no"));
    assertThat(figures.rate("readseq", "rocksdb")).isEqualTo(3);
  }

  @Test
  void speedIsJudgedAgainstRocksdbAndTheBestOther() {
    add("tuffdb", "readrandom", 400, 1, 0);
    add("rocksdb", "readrandom", 100, 1, 0);
    add("lmdb", "readrandom", 350, 1, 0);
    add("mvstore", "readrandom", 20, 1, 0);
    assertThat(verdicts("readrandom", 2_000_000))
        .containsExactly(
            "speed against rocksdb 4.00x met",
            "speed against lmdb, the best other 1.14x FALLS SHORT",
            "peak anonymous memory against rocksdb 1.00x met",
            "garbage 0.0 B met");
  }

  @Test
  void aRoundThatFailedFallsShortWhateverTheOthersShow() {
    add("tuffdb", "readseq", 700, 1, 0);
    figures.add(Result.failed("tuffdb", "readseq", "wrong"));
    add("rocksdb", "readseq", 100, 1, 0);
    assertThat(verdicts("readseq", 2_000_000))
        .contains("failed rounds 1 of 2 FALLS SHORT", "speed against rocksdb 7.00x met");
  }

  @Test
  void whatIsMissingIsNotMet() {
    add("tuffdb", "readrandom", 400, 1, -1);
    figures.add(Result.failed("rocksdb", "readrandom", "out of memory"));
    assertThat(verdicts("readrandom", 2_000_000))
        .containsExactly(
            "speed against rocksdb – UNKNOWN",
            "peak anonymous memory against rocksdb – UNKNOWN",
            "garbage – UNKNOWN");
  }

  @Test
  void figuresThatNeitherSideHasAreNotMet() {
    add("tuffdb", "fillrandom", 400, -1, 0);
    add("rocksdb", "fillrandom", 100, -1, 0);
    assertThat(verdicts("fillrandom", 2_000_000)).contains("longest against rocksdb – UNKNOWN");
  }

  @Test
  void lessIsAskedForWithTenMillionEntries() {
    add("tuffdb", "readrandom", 250, 1, 1);
    add("rocksdb", "readrandom", 100, 1, 0);
    assertThat(verdicts("readrandom", 2_000_000))
        .contains("speed against rocksdb 2.50x FALLS SHORT", "garbage 1.0 B FALLS SHORT");
    assertThat(verdicts("readrandom", 10_000_000)).contains("speed against rocksdb 2.50x met");
  }

  @Test
  void pausesAndRoomAreJudgedWhereIsWritten() {
    add("tuffdb", "fillrandom", 300, 8, 0);
    add("rocksdb", "fillrandom", 100, 4, 0);
    assertThat(verdicts("fillrandom", 2_000_000))
        .contains(
            "p99.9 against rocksdb 2.00x FALLS SHORT",
            "longest against rocksdb 2.00x FALLS SHORT",
            "bytes on disk against rocksdb 1.00x met");
  }

  @Test
  void syncedWritesAreJudgedAgainstTheDiskAndRecycledLogs() {
    add("tuffdb", "fillsync-1", 89, 1, 0);
    add("rocksdb", "fillsync-1", 60, 1, 0);
    add("rocksdb-recycle", "fillsync-1", 89, 1, 0);
    add("machine", "fdatasync", 100, 1, 0);
    assertThat(verdicts("fillsync-1", 2_000_000))
        .contains(
            "speed against rocksdb 1.48x met",
            "speed against rocksdb-recycle 1.00x met",
            "speed against bare fdatasync 0.89x FALLS SHORT");
  }

  @Test
  void aReportIsTheSameAfterJson() {
    add("tuffdb", "readseq", 1.5, 2, 3);
    figures.add(Result.failed("lmdb", "readseq", "said \"no\"\n"));
    Setup setup =
        new Setup("today", "here", "25", 1, 2, 3, 4.5, 6, 7, 8, Compression.LZ4, 2.5, "abc", 9);
    Report report = Report.of(new Report(setup, figures).json());
    assertThat(report.setup()).isEqualTo(setup);
    assertThat(report.figures().all()).isEqualTo(figures.all());
    assertThat(new Markdown(report).text()).contains("- readseq on lmdb: said \"no\"");
  }

  @Test
  void aStoreIsSlowerWithTheWorkThatItHasLeft() {
    add("tuffdb", "fillseq", 10, 1, 0);
    add("tuffdb", "readseq", 10, 1, 0);
    assertThat(figures.sustainedRate("fillseq", "tuffdb")).isEqualTo(5);
    assertThat(figures.sustainedRate("readseq", "tuffdb")).isNaN();
  }
}
