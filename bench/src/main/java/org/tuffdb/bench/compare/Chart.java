package org.tuffdb.bench.compare;

import java.util.List;

/// The speeds of a comparison as a picture: for each workload a bar for each store, which shows on
/// a logarithmic scale how many times as fast as RocksDB it is. In SVG.
final class Chart {
  private static final int LABEL_WIDTH = 150;
  private static final int SCALE_WIDTH = 640;
  private static final int RIGHT_WIDTH = 60;
  private static final int BAR_HEIGHT = 7;
  private static final int GAP_HEIGHT = 9;
  private static final int TOP_HEIGHT = 50;

  // The scale goes from a hundredth to a hundred times.
  private static final double DECADES_EACH_WAY = 2;
  private static final List<String> COLOURS =
      List.of(
          "#d62728", "#7f7f7f", "#bcbd22", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#e377c2");

  private final Figures figures;
  private final List<String> workloads;
  private final List<String> stores;
  private final StringBuilder svg = new StringBuilder();

  Chart(Figures figures) {
    this.figures = figures;
    this.workloads =
        figures.workloads().stream()
            .filter(workload -> figures.stores(workload).contains(Peers.ROCKSDB))
            .toList();
    this.stores =
        workloads.stream()
            .flatMap(workload -> figures.stores(workload).stream())
            .distinct()
            .toList();
  }

  String svg() {
    int groupHeight = stores.size() * BAR_HEIGHT + GAP_HEIGHT;
    int height = TOP_HEIGHT + workloads.size() * groupHeight + GAP_HEIGHT;
    int width = LABEL_WIDTH + SCALE_WIDTH + RIGHT_WIDTH;
    add(
        ("<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif'"
                + " font-size='11'>")
            .formatted(width, height));
    add("<rect width='100%' height='100%' fill='white'/>");
    addLegend();
    addScale(height);
    for (int i = 0; i < workloads.size(); i++) {
      addGroup(workloads.get(i), TOP_HEIGHT + i * groupHeight);
    }
    add("</svg>");
    return svg.toString();
  }

  private void add(String line) {
    svg.append(line).append('\n');
  }

  private static double x(double ratio) {
    double decades = Math.clamp(Math.log10(ratio), -DECADES_EACH_WAY, DECADES_EACH_WAY);
    return LABEL_WIDTH + SCALE_WIDTH * (decades + DECADES_EACH_WAY) / (2 * DECADES_EACH_WAY);
  }

  private String colour(int store) {
    return COLOURS.get(store % COLOURS.size());
  }

  private void addLegend() {
    add("<text x='4' y='14' font-weight='bold'>speed, RocksDB = 1</text>");
    for (int i = 0; i < stores.size(); i++) {
      int x = LABEL_WIDTH + i * SCALE_WIDTH / stores.size();
      add("<rect x='%d' y='6' width='9' height='9' fill='%s'/>".formatted(x, colour(i)));
      add("<text x='%d' y='14'>%s</text>".formatted(x + 12, stores.get(i)));
    }
  }

  private void addScale(int height) {
    for (double tick : new double[] {0.01, 0.1, 0.5, 1, 2, 4, 10, 100}) {
      add(
          "<line x1='%.1f' x2='%1$.1f' y1='%d' y2='%d' stroke='%s'/>"
              .formatted(x(tick), TOP_HEIGHT - 8, height, tick == 1 ? "#333" : "#ddd"));
      add(
          "<text x='%.1f' y='%d' text-anchor='middle' fill='#555'>%s×</text>"
              .formatted(
                  x(tick),
                  TOP_HEIGHT - 12,
                  tick < 1 ? Double.toString(tick) : Integer.toString((int) tick)));
    }
  }

  private void addGroup(String workload, int top) {
    add(
        "<text x='%d' y='%d' text-anchor='end'>%s</text>"
            .formatted(LABEL_WIDTH - 6, top + stores.size() * BAR_HEIGHT / 2 + 4, workload));
    for (int i = 0; i < stores.size(); i++) {
      double ratio = figures.rate(workload, stores.get(i)) / figures.rate(workload, Peers.ROCKSDB);
      if (ratio > 0) {
        double from = Math.min(x(1), x(ratio));
        add(
            ("<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'><title>%s, %s: %s</title>"
                    + "</rect>")
                .formatted(
                    from,
                    top + i * BAR_HEIGHT,
                    Math.max(1, Math.abs(x(ratio) - x(1))),
                    BAR_HEIGHT - 1,
                    colour(i),
                    workload,
                    stores.get(i),
                    speed(workload, stores.get(i), ratio)));
      }
    }
  }

  private String speed(String workload, String store, double ratio) {
    String times = "%.2f".formatted(ratio);
    return workload.equals(Figures.REOPEN)
        ? times + ", %,.0f ms".formatted(figures.openingMillis(store))
        : times;
  }
}
