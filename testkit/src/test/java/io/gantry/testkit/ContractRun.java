package io.gantry.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Runs a contract as JUnit would, with a flaw, and says which rules were broken. */
final class ContractRun {
  /** The configuration parameter that says which flaw. */
  static final String FLAW = "io.gantry.testkit.flaw";

  private static final Pattern RULE = Pattern.compile("([a-z][0-9]+)[A-Z].*");

  private final Events events;

  private ContractRun(Events events) {
    this.events = events;
  }

  static ContractRun of(Class<?> contract, String flaw) {
    return new ContractRun(
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(contract))
            .configurationParameter(FLAW, flaw)
            .execute()
            .testEvents());
  }

  /** Returns the numbers of all rules of which a test failed. */
  Set<String> broken() {
    return rules(events.failed().stream());
  }

  /** Returns the numbers of all rules of which a test was skipped. */
  Set<String> skipped() {
    return rules(events.aborted().stream());
  }

  /** Returns the numbers of all rules. */
  Set<String> all() {
    return rules(events.started().stream());
  }

  private static Set<String> rules(Stream<Event> events) {
    Set<String> rules = new TreeSet<>();
    events.forEach(
        event -> {
          MethodSource test = (MethodSource) event.getTestDescriptor().getSource().orElseThrow();
          Matcher rule = RULE.matcher(test.getMethodName());
          rules.add(
              rule.matches()
                  ? rule.group(1).toUpperCase(Locale.ROOT)
                  : "no rule: " + test.getMethodName());
        });
    return rules;
  }

  /** Tells a contract which flaw it is run with. */
  static final class Flaw implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == String.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context.getConfigurationParameter(FLAW).orElseThrow();
    }
  }
}
