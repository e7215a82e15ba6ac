package org.tuffdb.fs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Goes through all answers to all questions, as one counts: the last question's answer goes up by
/// one; when it has had all its answers it is dropped and the one before it goes up. A changed
/// answer may change which questions follow.
final class CrashEnumeration implements CrashChoice {
  private final List<Integer> answers = new ArrayList<>();
  private final List<Integer> counts = new ArrayList<>();
  private int asked;

  @Override
  public int choose(Question question, Path path, long position, int answerCount) {
    if (asked == answers.size()) {
      answers.add(0);
      counts.add(answerCount);
    }
    assert counts.get(asked) == answerCount : "the same answers led to another question";
    return answers.get(asked++);
  }

  /// Prepares the next round; false if the one before was the last.
  boolean advance() {
    asked = 0;
    for (int last = answers.size() - 1; last >= 0; last--) {
      int next = answers.get(last) + 1;
      if (next < counts.get(last)) {
        answers.set(last, next);
        return true;
      }
      answers.removeLast();
      counts.removeLast();
    }
    return false;
  }
}
