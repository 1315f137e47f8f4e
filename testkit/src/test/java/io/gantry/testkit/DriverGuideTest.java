package io.gantry.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.plugin.DriverRegistry;
import io.gantry.api.provider.Location;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/**
 * The files of the guide for driver authors, taken from the guide: as they are when one of them is
 * about to be replaced by a later version, and as they are at its end.
 */
class DriverGuideTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)(?: (\\S+))?\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern VERSION = Pattern.compile("<gantry.version>(.*)</gantry.version>");
  private static final String SOURCES = "src/main/java/com/example/flat/";
  private static final String TEST = "src/test/java/com/example/flat/FlatDriverTest.java";

  @TempDir private Path folder;
  private List<Block> blocks = List.of();

  private record Block(String language, String file, String content) {}

  @BeforeEach
  void readTheGuide() throws IOException {
    blocks =
        BLOCK
            .matcher(Files.readString(ROOT.resolve("docs/driver-authors.md")))
            .results()
            .map(
                block ->
                    new Block(
                        block.group(1),
                        block.group(2) == null ? "" : block.group(2),
                        block.group(3)))
            .toList();
  }

  @Test
  void everyPieceOfCodeIsAFileOfTheProject() {
    assertThat(blocks.stream().filter(block -> !block.language().equals("console")))
        .extracting(Block::language, Block::file)
        .containsExactly(
            tuple("xml", "pom.xml"),
            tuple("java", SOURCES + "FlatDriverProvider.java"),
            tuple(
                "text",
                "src/main/resources/META-INF/services/io.gantry.api.driver.ImageDriverProvider"),
            tuple("java", SOURCES + "FlatDriverProvider.java"),
            tuple("java", SOURCES + "FlatDriver.java"),
            tuple("java", TEST));
  }

  @Test
  void theFirstDriverHasNoMoreThanSixtyLines() {
    assertThat(blocks.get(1).content().lines().count()).isLessThanOrEqualTo(60);
  }

  @Test
  void theFirstDriverExportsAsAPlugin() throws IOException {
    Path file = exportWith(jarOf(hello()), Map.of());

    assertThat(Files.readString(file, ISO_8859_1)).startsWith("sha256:").contains("index.json\n{");
  }

  @Test
  void theFirstDriverKeepsTheContract() throws IOException {
    Path project = hello();
    write(project, blocks.get(blocks.size() - 2));

    Events events = runTestOf(project);

    assertThat(events.failed().list()).isEmpty();
    assertThat(events.succeeded().count()).isGreaterThan(25);
  }

  @Test
  void theLastDriverExportsAsAPluginAndKnowsItsOption() throws IOException {
    Path file = exportWith(jarOf(last()), Map.of("comment", "hello"));

    assertThat(Files.readString(file, ISO_8859_1)).startsWith("# hello\nsha256:");
  }

  @Test
  void theLastDriverKeepsTheContractWithSeveralWriters() throws IOException {
    Events events = runTestOf(last());

    assertThat(events.failed().list()).isEmpty();
    assertThat(events.succeeded().list())
        .extracting(event -> event.getTestDescriptor().getDisplayName())
        .anySatisfy(name -> assertThat(name).startsWith("T1 "));
  }

  @Test
  void thePomHasTheVersionOfThisBuildAndOfTheExample() throws IOException {
    String version = versionIn(ROOT.resolve("examples/driver-zip/pom.xml"));
    assertThat(blocks.get(0).content()).contains(version);
    assertThat(Files.readString(ROOT.resolve("pom.xml")))
        .contains("<version>" + version.replaceAll("<.*?>", "") + "</version>");
  }

  private static String versionIn(Path pom) throws IOException {
    var version = VERSION.matcher(Files.readString(pom));
    assertThat(version.find()).isTrue();
    return version.group();
  }

  /** The project before the first file is replaced. */
  private Path hello() throws IOException {
    Path project = folder.resolve("hello");
    for (Block block : blocks) {
      if (!block.file().isEmpty() && Files.exists(project.resolve(block.file()))) {
        return project;
      }
      write(project, block);
    }
    throw new AssertionError("no file is replaced");
  }

  /** The project as it is at the end. */
  private Path last() throws IOException {
    Path project = folder.resolve("last");
    for (Block block : blocks) {
      write(project, block);
    }
    return project;
  }

  private static void write(Path project, Block block) throws IOException {
    if (!block.file().isEmpty()) {
      Path file = project.resolve(block.file());
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.writeString(file, block.content());
    }
  }

  private Path jarOf(Path project) throws IOException {
    Path classes = compile(project, "main");
    Path jar = folder.resolve("drivers/flat.jar");
    Files.createDirectories(requireNonNull(jar.getParent()));
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Path file : filesIn(classes)) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return jar;
  }

  private static List<Path> filesIn(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private Path exportWith(Path jar, Map<String, String> options) throws IOException {
    InMemoryStore source = new InMemoryStore();
    ImageFactory make = ImageFactory.into(source, 11);
    make.offer(make.image(700, 0), "app:1");
    Path file = folder.resolve("image.flat");
    try (DriverRegistry drivers =
            DriverRegistry.load(ClassLoader.getPlatformClassLoader(), List.of(jar));
        ImageDriver driver = drivers.openDriver(Location.parse("flat:" + file), options)) {
      new Exporter(source, driver).export(ExportPlan.of(source, ExportRequest.everything()), false);
    }
    return file;
  }

  private static Events runTestOf(Path project) throws IOException {
    Path classes = compile(project, "main");
    Path tests = compile(project, "test", classes);
    URL[] urls = {classes.toUri().toURL(), tests.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, DriverGuideTest.class.getClassLoader())) {
      return EngineTestKit.engine("junit-jupiter")
          .selectors(selectClass(loader, "com.example.flat.FlatDriverTest"))
          .execute()
          .testEvents();
    }
  }

  /** Compiles without a warning, or fails with what javac says, and adds the resources. */
  private static Path compile(Path project, String part, Path... others) throws IOException {
    Path classes = Files.createDirectories(project.resolve("target").resolve(part));
    List<String> classPath = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    Stream.of(others).map(Path::toString).forEach(classPath::add);
    JavaCompiler javac = requireNonNull(ToolProvider.getSystemJavaCompiler());
    StringWriter said = new StringWriter();
    List<String> options =
        new ArrayList<>(List.of("--release=17", "-proc:none", "-Xlint:all,-path"));
    options.addAll(List.of("-Werror", "-d", classes.toString()));
    options.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
    try (var files = javac.getStandardFileManager(null, null, null)) {
      var sources =
          files.getJavaFileObjectsFromPaths(filesIn(project.resolve("src/" + part + "/java")));
      boolean done = javac.getTask(said, files, null, options, null, sources).call();
      assertThat(done).as(said.toString()).isTrue();
    }
    Path resources = project.resolve("src/" + part + "/resources");
    if (Files.exists(resources)) {
      for (Path file : filesIn(resources)) {
        Path copy = classes.resolve(resources.relativize(file));
        Files.createDirectories(requireNonNull(copy.getParent()));
        Files.copy(file, copy);
      }
    }
    return classes;
  }
}
