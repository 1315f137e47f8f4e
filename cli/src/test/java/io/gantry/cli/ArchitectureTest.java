package io.gantry.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.gantry.api.provider.Provider;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules between modules: here is the only class path that has them all. */
class ArchitectureTest {
  private static final String[] CARRIERS = {"io.gantry.driver..", "io.gantry.store.."};

  private static final JavaClasses GANTRY =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.gantry");

  @Test
  void seesEveryModule() {
    assertThat(GANTRY.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
        .contains(
            "io.gantry.api.export",
            "io.gantry.cli",
            "io.gantry.driver.directory",
            "io.gantry.driver.s3",
            "io.gantry.driver.tar",
            "io.gantry.store.filesystem");
  }

  @Test
  void onlyProvidersArePublicInDriversAndStores() {
    classes()
        .that()
        .resideInAnyPackage(CARRIERS)
        .and(not(assignableTo(Provider.class)))
        .and()
        .areTopLevelClasses()
        .should()
        .notBePublic()
        .check(GANTRY);
  }

  @Test
  void nobodyKnowsADriver() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CARRIERS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(CARRIERS)
        .check(GANTRY);
  }

  @Test
  void driversAndStoresKnowNoOther() {
    slices()
        .matching("io.gantry.(driver|store).(*)..")
        .should()
        .notDependOnEachOther()
        .check(GANTRY);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.gantry.(**)").should().beFreeOfCycles().check(GANTRY);
  }

  @Test
  void onlyTheCommandWritesToTheConsole() {
    noClasses()
        .that(not(resideInAPackage("io.gantry.cli")))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(GANTRY);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .that(not(resideInAPackage("io.gantry.testkit..")))
        .should(
            new ArchCondition<JavaClass>("be in a @NullMarked package") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                events.add(
                    new SimpleConditionEvent(
                        type,
                        type.getPackage().isAnnotatedWith(NullMarked.class),
                        type.getName() + " is in a package without @NullMarked"));
              }
            })
        .check(GANTRY);
  }
}
