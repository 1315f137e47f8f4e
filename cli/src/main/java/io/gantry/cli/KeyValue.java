package io.gantry.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Reads an option of a driver or store, {@code KEY=VALUE}. What is written otherwise is not
 * repeated, as picocli would: it may be a secret whose key was left out.
 */
final class KeyValue implements IParameterConsumer {
  @Override
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    String text = arguments.isEmpty() ? "" : arguments.pop();
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new ParameterException(
          command.commandLine(), ((OptionSpec) option).longestName() + " takes KEY=VALUE");
    }
    Map<String, String> values = option.getValue();
    values.put(text.substring(0, equals), text.substring(equals + 1));
  }
}
