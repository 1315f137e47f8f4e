package io.gantry.testkit;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Shows {@code b6CloseWithoutCommitLeavesNothing} as "B6 close without commit leaves nothing". */
final class RuleNames extends DisplayNameGenerator.Standard {
  private static final Pattern RULE = Pattern.compile("([a-z][0-9]+)([A-Z].*)");
  private static final Pattern WORD = Pattern.compile("(?=[A-Z])");

  @Override
  public String generateDisplayNameForMethod(
      List<Class<?>> enclosingInstanceTypes, Class<?> testClass, Method testMethod) {
    Matcher matcher = RULE.matcher(testMethod.getName());
    return matcher.matches()
        ? matcher.group(1).toUpperCase(Locale.ROOT)
            + " "
            + String.join(" ", WORD.split(matcher.group(2))).toLowerCase(Locale.ROOT)
        : super.generateDisplayNameForMethod(enclosingInstanceTypes, testClass, testMethod);
  }
}
