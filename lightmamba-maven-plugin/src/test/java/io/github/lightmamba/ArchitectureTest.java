package io.github.lightmamba;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.stream.XMLInputFactory;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.github.lightmamba";

  /** From top to bottom: a package uses packages of later lines only; packages of one line do not know each other. */
  private static final List<Set<String>> ORDER =
      List.of(
          Set.of("mojo"),
          Set.of("doctor"),
          Set.of("verify", "bitstream", "estimate"),
          Set.of("evaluate", "kernel"),
          Set.of("quantize"),
          Set.of("integer"),
          Set.of("rotation"),
          Set.of("perplexity"),
          Set.of("mamba"),
          Set.of("tokenizer", "checkpoint"),
          Set.of("ledger", "torch", "vitis", "xclbin"),
          Set.of("safetensors"),
          Set.of("tensor"),
          Set.of("pipeline"),
          Set.of("process", "progress", "report", "xml"),
          Set.of("error"));

  private static final JavaClasses MAIN =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);

  private static final JavaClasses TESTS =
      new ClassFileImporter().withImportOption(new ImportOption.OnlyIncludeTests()).importPackages(ROOT);

  @Test
  void packagesUseOnlyWhatStandsBelowThem() {
    for (int level = 0; level < ORDER.size(); level++) {
      for (String name : ORDER.get(level)) {
        String[] forbidden =
            ORDER.subList(0, level + 1).stream()
                .flatMap(Set::stream)
                .filter(other -> !other.equals(name))
                .map(other -> ROOT + "." + other + "..")
                .toArray(String[]::new);
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + name + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden)
            .allowEmptyShould(true)
            .check(MAIN);
      }
    }
  }

  @Test
  void everyPackageHasItsPlaceInTheOrder() {
    Set<String> known = ORDER.stream().flatMap(Set::stream).collect(Collectors.toSet());
    Set<String> found =
        MAIN.stream()
            .map(JavaClass::getPackageName)
            .map(name -> name.substring(ROOT.length()).replaceFirst("^\\.", "").split("\\.")[0])
            .collect(Collectors.toSet());
    assertThat(known).containsAll(found);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void onlyMojoSeesMaven() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".mojo")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.maven..", "org.codehaus.plexus..")
        .check(MAIN);
  }

  @Test
  void onlyProcessStartsProcesses() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".process")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(ProcessBuilder.class.getName())
        .orShould()
        .callMethod(Runtime.class, "exec", String.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .check(MAIN);
  }

  @Test
  void onlyTheExecutorKnowsWhereStepsRun() {
    // Whoever wants to know something of that machine asks the executor, which is made in one place.
    noClasses()
        .that()
        .doNotHaveSimpleName("AbstractLightMambaMojo")
        .and()
        .doNotHaveSimpleName("LocalExecutor")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(ROOT + ".bitstream.LocalExecutor")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".mojo", ROOT + ".doctor", ROOT + ".bitstream")
        .and()
        .doNotHaveSimpleName("LocalExecutor")
        .and()
        .doNotHaveSimpleName("MachineChecks")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(ROOT + ".bitstream.MachineChecks")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName(ROOT + ".process.FolderOccupants")
        .orShould()
        .callMethod(Runtime.class, "availableProcessors")
        .check(MAIN);
  }

  @Test
  void onlyXmlParsesXml() {
    // A parser with its defaults follows what a file tells it to fetch.
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".xml")
        .and()
        .doNotHaveSimpleName("HelpMojo") // Generated; it reads the plugin's own help.
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(SAXParserFactory.class.getName())
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName(DocumentBuilderFactory.class.getName())
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName(XMLInputFactory.class.getName())
        .check(MAIN);
  }

  @Test
  void testsAreOfJUnit5() {
    // JUnit 4 is on the class path because of Takari, but nothing runs its tests.
    noClasses().should().dependOnClassesThat().haveFullyQualifiedName("org.junit.Test").check(TESTS);
    classes().that().haveSimpleNameEndingWith("IT").should().resideInAPackage(ROOT + ".it").check(TESTS);
  }

  @Test
  void everyPackageIsDescribed() throws IOException {
    Path sources = Path.of("src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      Set<Path> folders =
          files.filter(f -> f.toString().endsWith(".java")).map(Path::getParent).collect(Collectors.toSet());
      assertThat(folders).isNotEmpty().allMatch(folder -> Files.exists(folder.resolve("package-info.java")));
    }
  }
}
