package org.tuffdb.memtable;

import java.util.Arrays;

/// Sorts words as unsigned numbers, and with each the reference that belongs to it; of equal ones
/// the last comes first.
///
/// By digits, the lowest first: few loops without calls, which are fast from the beginning.
final class WordSort {
  interface Comparison {
    int compare(int reference, int other);
  }

  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final int count;
  private long[] words;
  private int[] references;

  /// Where the next pass goes.
  private long[] nextWords;

  private int[] nextReferences;

  /// Sorts the first `count` of both, which take part in it.
  WordSort(long[] words, int[] references, int count) {
    this.words = words;
    this.references = references;
    this.count = count;
    this.nextWords = new long[0];
    this.nextReferences = new int[0];
  }

  long[] words() {
    return words;
  }

  int[] references() {
    return references;
  }

  /// Whether there is nothing to do.
  boolean isAscending() {
    for (int i = 1; i < count; i++) {
      if (Long.compareUnsigned(words[i - 1], words[i]) >= 0) {
        return false;
      }
    }
    return true;
  }

  void run() {
    nextWords = new long[count];
    nextReferences = new int[count];
    reverse();
    long differing = differingBits();
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
      if ((differing >>> shift & (DIGITS - 1)) != 0) {
        sortByDigit(shift);
      }
    }
  }

  /// What follows keeps the order of equal ones.
  private void reverse() {
    for (int i = 0, j = count - 1; i < count; i++, j--) {
      nextWords[j] = words[i];
      nextReferences[j] = references[i];
    }
    swap();
  }

  private void swap() {
    long[] sortedWords = nextWords;
    int[] sortedReferences = nextReferences;
    nextWords = words;
    nextReferences = references;
    words = sortedWords;
    references = sortedReferences;
  }

  private long differingBits() {
    long differing = 0;
    for (int i = 1; i < count; i++) {
      differing |= words[i] ^ words[0];
    }
    return differing;
  }

  private void sortByDigit(int shift) {
    int[] places = new int[DIGITS];
    for (int i = 0; i < count; i++) {
      places[(int) (words[i] >>> shift) & (DIGITS - 1)]++;
    }
    int place = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      int next = place + places[digit];
      places[digit] = place;
      place = next;
    }
    scatter(words, references, nextWords, nextReferences, places, shift, count);
    swap();
  }

  private static void scatter(
      long[] words,
      int[] references,
      long[] toWords,
      int[] toReferences,
      int[] places,
      int shift,
      int count) {
    for (int i = 0; i < count; i++) {
      long word = words[i];
      int place = places[(int) (word >>> shift) & (DIGITS - 1)]++;
      toWords[place] = word;
      toReferences[place] = references[i];
    }
  }

  /// Orders the references of equal words anew, in a way that keeps the order of those which
  /// compare as equal.
  void settleTies(Comparison comparison) {
    for (int from = 0, to; from < count; from = to) {
      to = from + 1;
      while (to < count && words[to] == words[from]) {
        to++;
      }
      if (to - from > 1) {
        settle(from, to, comparison);
      }
    }
  }

  private void settle(int from, int to, Comparison comparison) {
    Integer[] tied = new Integer[to - from];
    for (int i = 0; i < tied.length; i++) {
      tied[i] = references[from + i];
    }
    Arrays.sort(tied, comparison::compare);
    for (int i = 0; i < tied.length; i++) {
      references[from + i] = tied[i];
    }
  }
}
