package io.gantry.api;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that hold this module together: who may know whom, and what a caller gets to see. */
class ArchitectureTest {
  private static final String ROOT = "io.gantry.api";
  private static final Path CLASSES = classes();
  private static final JavaClasses API = new ClassFileImporter().importPath(CLASSES);

  private static Path classes() {
    try {
      return Path.of(
          GantryException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Left: a package. Right: all that it may use of this module. */
  static Stream<Arguments> packagesUseOnlyWhatIsBelowThem() {
    return Stream.of(
        argumentSet("the root", "", Set.of()),
        argumentSet("oci", "oci", Set.of("")),
        argumentSet("provider", "provider", Set.of("", "oci")),
        argumentSet("content", "content", Set.of("", "oci", "provider")),
        argumentSet("layout", "layout", Set.of("", "oci", "content")),
        argumentSet("driver", "driver", Set.of("", "oci", "provider", "layout")),
        argumentSet(
            "plugin", "plugin", Set.of("", "oci", "content", "driver", "provider", "layout")),
        argumentSet("check", "check", Set.of("", "oci", "content")),
        argumentSet("export", "export", Set.of("", "oci", "provider", "content", "driver")),
        argumentSet("file", "file", Set.of("", "oci", "content")));
  }

  @ParameterizedTest
  @MethodSource
  void packagesUseOnlyWhatIsBelowThem(String name, Set<String> allowed) {
    Set<String> used =
        API.stream()
            .filter(type -> shortName(type).equals(name))
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .map(Dependency::getTargetClass)
            .map(JavaClass::getBaseComponentType)
            .filter(type -> type.getPackageName().startsWith(ROOT))
            .map(ArchitectureTest::shortName)
            .filter(target -> !target.equals(name))
            .collect(toCollection(TreeSet::new));

    assertThat(allowed).containsAll(used);
  }

  @Test
  void noPackageIsLeftOutOfTheTable() {
    Set<Object> listed =
        packagesUseOnlyWhatIsBelowThem()
            .map(row -> requireNonNull(row.get()[0]))
            .collect(toCollection(TreeSet::new));

    assertThat(API.stream().map(ArchitectureTest::shortName).filter(name -> !name.equals("module")))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(listed).contains(name));
  }

  private static String shortName(JavaClass type) {
    String name = type.getPackageName();
    return name.isEmpty() ? "module" : name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.gantry.(**)").should().beFreeOfCycles().check(API);
  }

  @Test
  void nothingIsPrinted() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(API);
  }

  @Test
  void onlyTheClassesForJsonKnowTheJsonLibrary() {
    Set<String> json = Set.of("OciJson", "IndexJson", "JsonTree", "GoEscapes");

    noClasses()
        .that(
            describe(
                "are none of " + json, type -> !json.contains(outermost(type).getSimpleName())))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
        .check(API);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      assertThat(
              files
                  .filter(file -> file.toString().endsWith(".class"))
                  .map(file -> CLASSES.relativize(requireNonNull(file.getParent())))
                  .filter(folder -> !folder.toString().isEmpty())
                  .distinct())
          .isNotEmpty()
          .allSatisfy(
              folder ->
                  assertThat(
                          Class.forName(folder.toString().replace('/', '.') + ".package-info")
                              .isAnnotationPresent(NullMarked.class))
                      .isTrue());
    }
  }

  @Test
  void callersSeeOnlyTheJdkAndThisModule() {
    Set<String> foreign = new TreeSet<>();
    API.stream()
        .filter(ArchitectureTest::isVisible)
        .forEach(
            type ->
                seen(type)
                    .map(JavaClass::getBaseComponentType)
                    .filter(mentioned -> !mayBeSeen(mentioned))
                    .forEach(
                        mentioned ->
                            foreign.add(type.getName() + " shows " + mentioned.getName())));

    assertThat(foreign).isEmpty();
  }

  /** Types and members count only if all that encloses them is public, too. */
  private static boolean isVisible(JavaClass type) {
    return type.getModifiers().contains(PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
  }

  private static Stream<JavaClass> seen(JavaClass type) {
    Stream<JavaClass> parents =
        Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream());
    Stream<JavaClass> annotations = type.getAnnotations().stream().map(a -> a.getRawType());
    Stream<JavaClass> members =
        type.getMembers().stream()
            .filter(
                member ->
                    member.getModifiers().contains(PUBLIC)
                        || member.getModifiers().contains(PROTECTED))
            .flatMap(ArchitectureTest::seen);
    return Stream.of(parents, annotations, members).flatMap(types -> types);
  }

  private static Stream<JavaClass> seen(JavaMember member) {
    Stream<JavaClass> annotations = member.getAnnotations().stream().map(a -> a.getRawType());
    if (member instanceof JavaField field) {
      return Stream.concat(annotations, field.getAllInvolvedRawTypes().stream());
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.of(
            annotations, code.getAllInvolvedRawTypes().stream(), code.getExceptionTypes().stream())
        .flatMap(types -> types);
  }

  private static boolean mayBeSeen(JavaClass type) {
    String name = type.getPackageName();
    return type.isPrimitive()
        || (name.startsWith("java.") && !type.getName().startsWith("java.net.UR"))
        || name.equals("org.jspecify.annotations")
        || (name.startsWith(ROOT) && isVisible(type));
  }

  /** To change the contract of the module, change the file in the same commit. */
  @Test
  void theModuleIsAsDescribed() throws IOException {
    ModuleDescriptor module;
    try (InputStream in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(in);
    }
    Set<String> lines = new TreeSet<>();
    for (ModuleDescriptor.Requires required : module.requires()) {
      lines.add("requires " + words(required.modifiers()) + required.name());
    }
    for (ModuleDescriptor.Exports exported : module.exports()) {
      lines.add(
          "exports " + words(exported.modifiers()) + exported.source() + to(exported.targets()));
    }
    for (ModuleDescriptor.Opens opened : module.opens()) {
      lines.add("opens " + words(opened.modifiers()) + opened.source() + to(opened.targets()));
    }
    for (String service : module.uses()) {
      lines.add("uses " + service);
    }
    for (ModuleDescriptor.Provides provided : module.provides()) {
      lines.add("provides " + provided.service() + " with " + provided.providers());
    }
    String description =
        "%smodule %s\n%s\n"
            .formatted(words(module.modifiers()), module.name(), String.join("\n", lines));

    try (InputStream golden =
        requireNonNull(ArchitectureTest.class.getResourceAsStream("module-descriptor.txt"))) {
      assertThat(description).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static String words(Set<? extends Enum<?>> modifiers) {
    return modifiers.stream()
        .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
        .sorted()
        .collect(joining());
  }

  private static String to(Set<String> targets) {
    return targets.isEmpty() ? "" : " to " + new TreeSet<>(targets);
  }
}
