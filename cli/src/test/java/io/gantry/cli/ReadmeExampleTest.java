package io.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library example of the README, taken from the README. */
class ReadmeExampleTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void compilesAndExportsTheSample() throws Exception {
    Path archive = folder.resolve("tini.tar");
    String example =
        example()
            .replace("dir:samples", "dir:" + ROOT.resolve("samples"))
            .replace("tar:tini.tar", "tar:" + archive);
    Path source = Files.writeString(folder.resolve("Example.java"), example);

    int failures =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(failures).as("javac's exit code").isZero();
    try (var loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, ReadmeExampleTest.class.getClassLoader())) {
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    }

    assertThat(archive).isNotEmptyFile();
  }

  private static String example() throws IOException {
    List<String> examples =
        JAVA.matcher(Files.readString(ROOT.resolve("README.md")))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(examples).hasSize(1);
    return examples.get(0);
  }
}
