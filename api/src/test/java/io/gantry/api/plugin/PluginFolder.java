package io.gantry.api.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** A folder of somebody else's drivers: sources that are compiled here, and their service files. */
final class PluginFolder {
  /** A member that throws what the method around it does not declare. */
  static final String SNEAK =
      """
      @SuppressWarnings("unchecked")
      static <E extends Throwable> RuntimeException sneak(Throwable thrown) throws E {
        throw (E) thrown;
      }
      """;

  private static final List<String> REQUIRED =
      List.of(
          "public int spiVersion() { return SPI_VERSION; }",
          "public String scheme() { return \"%s\"; }",
          "public List<Option<?>> options() { return List.of(LOUD); }",
          "public %2$s open(Location location, Options options) throws java.io.IOException {"
              + " throw new java.io.IOException(location + \" loud=\" + options.get(LOUD)); }");

  private final Path folder;
  private final List<Path> sources = new ArrayList<>();
  private final List<String> forgotten = new ArrayList<>();

  PluginFolder(Path folder) {
    this.folder = folder;
  }

  /** Adds a class of the package {@code plugin}. */
  PluginFolder withClass(String name, String source) throws IOException {
    Path file = folder.resolve("plugin").resolve(name + ".java");
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.writeString(file, "package plugin;\n" + source);
    sources.add(file);
    return this;
  }

  /** Adds a provider of drivers with further or other members. */
  PluginFolder withDriver(String name, String scheme, String... members) throws IOException {
    return withProvider(name, ImageDriverProvider.class, ImageDriver.class, scheme, members);
  }

  /** Adds a provider of stores with further or other members. */
  PluginFolder withStore(String name, String scheme, String... members) throws IOException {
    return withProvider(name, ContentStoreProvider.class, ContentStore.class, scheme, members);
  }

  private PluginFolder withProvider(
      String name, Class<?> provider, Class<?> product, String scheme, String... members)
      throws IOException {
    String body = String.join("\n", members);
    for (String required : REQUIRED) {
      String signature = required.substring(0, required.indexOf('(') + 1);
      body +=
          body.contains(signature.formatted("", product.getName()))
              ? ""
              : required.formatted(scheme, product.getName());
    }
    return withClass(
        name,
        """
        import io.gantry.api.provider.*;
        import java.util.List;

        public final class %s implements %s {
          static final Option<Boolean> LOUD = Option.flag("loud", "shouts", false);
          %s
        }
        """
            .formatted(name, provider.getName(), body));
  }

  /** Forgets a class once the others are compiled, as when a library is not shipped. */
  PluginFolder withoutClass(String name) {
    forgotten.add(name);
    return this;
  }

  /** Writes the service file of a type. */
  PluginFolder offering(Class<?> service, String... lines) throws IOException {
    Path file = folder.resolve("META-INF/services").resolve(service.getName());
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.write(file, List.of(lines), UTF_8);
    return this;
  }

  Path path() {
    return folder;
  }

  /** Returns a loader that sees these folders, in their order, and this module. */
  static URLClassLoader loader(PluginFolder... folders) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (PluginFolder folder : folders) {
      folder.compile();
      urls.add(folder.folder.toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), DriverRegistry.class.getClassLoader());
  }

  /** Packs the classes and service files into a jar, which says that it has this version. */
  Path jar(Path file, String version) throws IOException {
    compile();
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    Files.createDirectories(requireNonNull(file.getParent()));
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest);
        Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
        jar.putNextEntry(new JarEntry(folder.relativize(path).toString()));
        Files.copy(path, jar);
      }
    }
    return file;
  }

  /** All in one go, as the compiler takes much longer to start than to work. */
  private void compile() throws IOException {
    if (sources.isEmpty()) {
      return;
    }
    String classPath =
        Stream.of(origin(DriverRegistry.class), origin(NullMarked.class))
            .map(Path::toString)
            .collect(joining(File.pathSeparator));
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-cp", classPath, "-d", folder.toString()));
    sources.forEach(source -> arguments.add(source.toString()));
    JavaCompiler compiler = requireNonNull(ToolProvider.getSystemJavaCompiler());
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    for (String name : forgotten) {
      Files.delete(folder.resolve("plugin").resolve(name + ".class"));
    }
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
