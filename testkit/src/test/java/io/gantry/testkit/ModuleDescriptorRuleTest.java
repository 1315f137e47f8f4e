package io.gantry.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.gantry.api.driver.ImageDriverProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Rule L2 needs a driver that is a module, so one is compiled here. */
class ModuleDescriptorRuleTest {
  private static final String PROVIDER =
      """
      package flawed;

      import io.gantry.api.driver.ImageDriver;
      import io.gantry.api.driver.ImageDriverProvider;
      import io.gantry.api.provider.Location;
      import io.gantry.api.provider.Options;

      public class ModularProvider implements ImageDriverProvider {
        public int spiVersion() { return SPI_VERSION; }
        public String scheme() { return "modular"; }
        public ImageDriver open(Location target, Options options) {
          throw new UnsupportedOperationException();
        }
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "provides io.gantry.api.driver.ImageDriverProvider with flawed.ModularProvider;, true, true",
    "provides io.gantry.api.driver.ImageDriverProvider with flawed.ModularProvider;, false, false",
    "'', true, false",
    "'', false, true"
  })
  void descriptorAndServicesFileMustAgree(String provides, boolean listed, boolean kept)
      throws IOException {
    Path classes = compile(provides);
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    if (listed) {
      Files.writeString(
          services.resolve(ImageDriverProvider.class.getName()), "flawed.ModularProvider # ours\n");
    }
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Modular.class, "l2ServicesFileAndModuleDescriptorAgree"))
        .configurationParameter(ContractRun.FLAW, classes.toString())
        .execute()
        .testEvents()
        .assertStatistics(events -> events.started(1).succeeded(kept ? 1 : 0).failed(kept ? 0 : 1));
  }

  private Path compile(String provides) throws IOException {
    Path module = folder.resolve("module-info.java");
    Files.writeString(module, "module flawed { requires io.gantry.api; %s }".formatted(provides));
    Path provider = folder.resolve("ModularProvider.java");
    Files.writeString(provider, PROVIDER);
    Path classes = folder.resolve("classes");
    JavaCompiler compiler = requireNonNull(ToolProvider.getSystemJavaCompiler(), "needs a JDK");
    int result =
        compiler.run(
            null,
            null,
            null,
            "-p",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            module.toString(),
            provider.toString());
    assertThat(result).as("exit code of javac").isZero();
    return classes;
  }

  @ExtendWith(ContractRun.Flaw.class)
  static final class Modular extends InMemoryDriverTest {
    private final Path classes;

    Modular(String classes) {
      this.classes = Path.of(classes);
    }

    @Override
    protected ImageDriverProvider provider() {
      try {
        URLClassLoader loader =
            new URLClassLoader(new URL[] {classes.toUri().toURL()}, Modular.class.getClassLoader());
        return (ImageDriverProvider)
            loader.loadClass("flawed.ModularProvider").getConstructor().newInstance();
      } catch (ReflectiveOperationException | IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
