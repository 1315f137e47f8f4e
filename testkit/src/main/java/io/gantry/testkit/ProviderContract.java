package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import io.gantry.api.provider.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules that drivers and stores have in common: L for loading, O for options.
 *
 * @param <P> the service that a provider is found as
 */
@DisplayNameGeneration(RuleNames.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
abstract class ProviderContract<P extends Provider> {
  @TempDir Path scratch;

  private final Class<P> service;

  ProviderContract(Class<P> service) {
    this.service = service;
  }

  abstract P providerUnderTest();

  /** Opens something with a provider and uses it for all that it can do. */
  abstract void exercise(P provider) throws IOException;

  abstract ServiceLoader<P> servicesSeenBy(ClassLoader loader);

  static Options defaults(Provider provider) throws GantryException {
    return Options.parse(provider.scheme(), provider.options(), Map.of());
  }

  @Test
  void l1IsFoundByServiceLoader() {
    Class<?> type = providerUnderTest().getClass();
    assertThat(servicesSeenBy(type.getClassLoader()).stream().map(ServiceLoader.Provider::type))
        .as(
            "providers in META-INF/services/%s; annotate yours with @AutoService",
            service.getName())
        .contains(type.asSubclass(service));
  }

  @Test
  void l1WorksInAClassLoaderOfItsOwn() throws IOException {
    P ours = providerUnderTest();
    try (IsolatedLoader loader = IsolatedLoader.of(ours.getClass())) {
      P isolated =
          servicesSeenBy(loader).stream()
              .filter(provider -> provider.type().getName().equals(ours.getClass().getName()))
              .findFirst()
              .orElseGet(() -> fail("no %s there", ours.getClass().getName()))
              .get();
      assertThat(isolated.getClass().getClassLoader()).isSameAs(loader);
      assertThat(isolated.scheme()).isEqualTo(ours.scheme());
      exercise(isolated);
    }
  }

  @Test
  void l2ServicesFileAndModuleDescriptorAgree() throws Exception {
    URI origin =
        providerUnderTest().getClass().getProtectionDomain().getCodeSource().getLocation().toURI();
    Path home = Path.of(origin);
    Optional<ModuleDescriptor> module =
        ModuleFinder.of(home).findAll().stream()
            .map(ModuleReference::descriptor)
            .filter(descriptor -> !descriptor.isAutomatic())
            .findFirst();
    assumeTrue(module.isPresent(), "no module descriptor beside the provider");
    List<String> provided =
        module.get().provides().stream()
            .filter(provides -> provides.service().equals(service.getName()))
            .flatMap(provides -> provides.providers().stream())
            .toList();
    assertThat(servicesFile(home))
        .as("META-INF/services/%s and the descriptor's 'provides'", service.getName())
        .containsExactlyInAnyOrderElementsOf(provided);
  }

  private List<String> servicesFile(Path home) throws IOException {
    String name = "META-INF/services/" + service.getName();
    String text = "";
    if (Files.isDirectory(home)) {
      Path file = home.resolve(name);
      text = Files.exists(file) ? Files.readString(file) : "";
    } else {
      try (JarFile jar = new JarFile(home.toFile())) {
        ZipEntry entry = jar.getEntry(name);
        if (entry != null) {
          try (InputStream in = jar.getInputStream(entry)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
          }
        }
      }
    }
    return text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  @Test
  void l3ConstructorAndAnswersDoNoWork() throws Exception {
    // Threads inherit the group of their maker, so other tests cannot be mistaken for the provider.
    ThreadGroup group = new ThreadGroup("provider");
    List<Throwable> thrown = new ArrayList<>();
    List<List<String>> answers = new ArrayList<>();
    Thread maker =
        new Thread(
            group,
            () -> {
              try {
                Provider provider = providerUnderTest().getClass().getConstructor().newInstance();
                answers.add(answersOf(provider));
                answers.add(answersOf(provider));
              } catch (ReflectiveOperationException | RuntimeException e) {
                thrown.add(e);
              }
            });
    maker.start();
    maker.join();
    assertThat(thrown).as("a public constructor without parameters that does nothing").isEmpty();
    assertThat(group.activeCount()).as("threads that the provider started").isZero();
    assertThat(answers.get(1)).as("the answers when asked again").isEqualTo(answers.get(0));
  }

  private static List<String> answersOf(Provider provider) {
    List<String> answers = new ArrayList<>(provider.aliases());
    answers.add(provider.scheme());
    answers.add(Integer.toString(provider.spiVersion()));
    for (Option<?> option : provider.options()) {
      // The option itself, and not only its name, must be the same: it is the key to its value.
      answers.add(option.name() + "#" + System.identityHashCode(option));
    }
    return answers;
  }

  @Test
  void l4SpiVersionIsTheConstant() {
    assertThat(providerUnderTest().spiVersion()).isEqualTo(Provider.SPI_VERSION);
  }

  @Test
  void l5WorksWithoutAContextClassLoader() throws IOException {
    withContextLoader(null);
  }

  @Test
  void l5WorksWithAForeignContextClassLoader() throws IOException {
    try (URLClassLoader foreign =
        new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader())) {
      withContextLoader(foreign);
    }
  }

  private void withContextLoader(@Nullable ClassLoader loader) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      exercise(providerUnderTest());
      assertThat(thread.getContextClassLoader()).as("the context class loader").isSameAs(loader);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void o1EveryOptionHasHelpAndANameOfItsOwn() {
    List<Option<?>> options = providerUnderTest().options();
    assertThat(options).extracting(Option::name).doesNotHaveDuplicates();
    assertThat(options).extracting(Option::help).allSatisfy(help -> assertThat(help).isNotBlank());
  }

  @Test
  void o2UndeclaredOptionIsRefusedByItsName() {
    Provider provider = providerUnderTest();
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(
            () ->
                Options.parse(
                    provider.scheme(), provider.options(), Map.of("no-such-option", "true")))
        .withMessageContaining("no-such-option")
        .extracting(GantryException::kind)
        .isEqualTo(Kind.INVALID_ARGUMENT);
  }

  @Test
  void o2BadValueIsRefusedByTheNameOfItsOption() {
    Provider provider = providerUnderTest();
    List<Option<?>> checked =
        provider.options().stream()
            .filter(option -> !(option.defaultValue() instanceof Optional))
            .toList();
    assumeTrue(!checked.isEmpty(), "no option but texts");
    for (Option<?> option : checked) {
      assertThatExceptionOfType(GantryException.class)
          .isThrownBy(
              () ->
                  Options.parse(
                      provider.scheme(),
                      provider.options(),
                      Map.of(option.name(), "no such value")))
          .withMessageContaining(option.name())
          .extracting(GantryException::kind)
          .isEqualTo(Kind.INVALID_ARGUMENT);
    }
  }

  @Test
  void o4WorksWithDefaults() throws IOException {
    exercise(providerUnderTest());
  }
}
