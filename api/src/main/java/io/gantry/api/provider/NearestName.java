package io.gantry.api.provider;

import java.util.Collection;
import java.util.Locale;

/** What somebody meant who wrote a word that is none of those that there are. */
final class NearestName {
  private NearestName() {}

  /** Returns a question about the word that was meant, to end a sentence with; or nothing. */
  static String question(String written, Collection<String> names) {
    String word = written.toLowerCase(Locale.ROOT);
    String nearest = "";
    // A third of a word may be wrong; beyond that anything looks like anything.
    int least = Math.max(1, word.length() / 3) + 1;
    for (String name : names) {
      int distance = distance(word, name);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest.isEmpty() ? "" : "; did you mean '" + nearest + "'?";
  }

  /** How many letters to add, drop, change or swap with the next; one row for each letter. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
