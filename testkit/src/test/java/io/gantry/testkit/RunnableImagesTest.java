package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.gantry.api.GantryException;
import io.gantry.api.driver.RunnableImage;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.ImageName;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which images of a plan Docker's manifest.json may list. */
class RunnableImagesTest {
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 17);

  private List<RunnableImage> images(String... platforms) throws GantryException {
    List<Platform> wanted = Arrays.stream(platforms).map(Platform::parse).toList();
    return ExportPlan.of(store, ExportRequest.everything().platforms(wanted)).images();
  }

  private static void assertManifests(List<RunnableImage> images, Descriptor... manifests) {
    assertThat(images)
        .extracting(image -> image.manifest().digest())
        .containsExactlyElementsOf(Arrays.stream(manifests).map(Descriptor::digest).toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anImageRunsUnderItsNames(boolean docker) throws GantryException {
    ImageFactory factory = docker ? make.dockerTypes() : make;
    Descriptor base = factory.layer(10);
    Descriptor top = factory.layer(20);
    Descriptor config = factory.config(Platform.parse("linux/amd64"), List.of(base, top));
    Descriptor image = factory.manifest(config, List.of(base, top));
    factory.offer(image, "app:1");
    factory.offer(image, "example.com/app:2");
    factory.offer(image, "app:1");
    assertThat(images())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.manifest().digest()).isEqualTo(image.digest());
              assertThat(found.config()).isEqualTo(config);
              assertThat(found.layers()).containsExactly(base, top);
              assertThat(found.names())
                  .extracting(ImageName::toString)
                  .containsExactly("docker.io/library/app:1", "example.com/app:2");
            });
  }

  @ParameterizedTest
  @CsvSource({"justATag", "example.com/app@sha256:" + HEX})
  void aNameWithoutRepositoryOrTagIsNone(String name) throws GantryException {
    make.offer(make.image(10), name);
    assertThat(images()).singleElement().satisfies(image -> assertThat(image.names()).isEmpty());
  }

  private static final String HEX =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @Test
  void anImageMayHaveManyNames() {
    Descriptor image = make.image(10);
    for (int i = 0; i < 20_000; i++) {
      make.offer(image, "example.com/app:" + i);
    }
    List<RunnableImage> found = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> images());
    assertThat(found).singleElement().satisfies(i -> assertThat(i.names()).hasSize(20_000));
  }

  @Test
  void anIndexIsReadAsOftenHoweverManyNamesItHas() throws GantryException {
    assertThat(readsOfAnIndexWithNames(500)).isEqualTo(readsOfAnIndexWithNames(1));
  }

  private int readsOfAnIndexWithNames(int count) throws GantryException {
    InMemoryStore own = new InMemoryStore();
    ImageFactory factory = ImageFactory.into(own, 17);
    Descriptor index = factory.index(factory.on("linux/amd64", factory.image(10)));
    for (int i = 0; i < count; i++) {
      factory.offer(index, "example.com/app:" + i);
    }
    AtomicInteger opened = new AtomicInteger();
    FaultyStore counting =
        new FaultyStore(
            own,
            index.digest(),
            reader -> {
              opened.incrementAndGet();
              return reader;
            });
    assertThat(ExportPlan.of(counting, ExportRequest.everything()).images())
        .singleElement()
        .satisfies(image -> assertThat(image.names()).hasSize(count));
    return opened.get();
  }

  @Test
  void imagesAreInTheOrderOfTheIndex() throws GantryException {
    Descriptor[] all = {make.image(10), make.image(20), make.image(30)};
    for (Descriptor image : all) {
      make.offer(image);
    }
    assertManifests(images(), all);
  }

  @Test
  void ofAnIndexItIsTheOneForLinuxOnAmd64() throws GantryException {
    Descriptor amd = make.on("linux/amd64", make.image(20));
    make.offer(make.index(make.on("linux/arm64", make.image(10)), amd), "app:1");
    assertManifests(images(), amd);
    assertThat(images().get(0).names()).hasSize(1);
  }

  @Test
  void ofAnIndexItIsTheFirstPlatformAskedFor() throws GantryException {
    Descriptor amd = make.on("linux/amd64", make.image(20));
    Descriptor arm = make.on("linux/arm64", make.image(10));
    make.offer(make.index(amd, arm));
    assertManifests(images("linux/arm64", "linux/amd64"), arm);
  }

  @Test
  void ofAnIndexOfOneItIsThatOne() throws GantryException {
    Descriptor only = make.on("linux/riscv64", make.image(10));
    make.offer(make.index(only));
    assertManifests(images(), only);
  }

  @Test
  void ofAnIndexForOtherPlatformsItIsNone() throws GantryException {
    make.offer(
        make.index(
            make.on("linux/riscv64", make.image(10)), make.on("linux/arm64", make.image(20))));
    assertManifests(images());
  }

  @Test
  void ofNestedIndexesItIsNone() throws GantryException {
    make.offer(make.index(make.index(make.on("linux/amd64", make.image(10)))));
    assertManifests(images());
  }

  @Test
  void anArtifactDoesNotRun() throws GantryException {
    Descriptor image = make.image(10);
    make.offer(make.artifact("application/vnd.example", image, 10));
    assertManifests(images());
  }

  @Test
  void anImageWithoutOneOfItsLayersDoesNotRun() throws GantryException {
    make.offer(make.image(List.of(make.absentLayer(ImageFactory.FOREIGN, 10))));
    assertManifests(images());
  }

  @Test
  void anImageWithAForeignLayerThatIsThereRuns() throws GantryException {
    Descriptor image = make.offer(make.image(List.of(make.layer(ImageFactory.FOREIGN, 10))));
    assertManifests(images(), image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "{}",
        "{\"rootfs\":{\"diff_ids\":[]}}",
        "{\"rootfs\":{\"diff_ids\":[\"sha256:a\",\"sha256:b\"]}}"
      })
  void anImageWhoseConfigurationDoesNotFitIsCarriedButDoesNotRun(String config)
      throws GantryException {
    make.offer(make.manifest(make.blob(MediaTypes.OCI_CONFIG, config), List.of(make.layer(10))));
    assertManifests(images());
    assertThat(ExportPlan.of(store, ExportRequest.everything()).blobs()).hasSize(3);
  }

  @Test
  void aHugeConfigurationIsCarriedButDoesNotRun() throws GantryException {
    Descriptor config = make.layer(MediaTypes.OCI_CONFIG, ImageDocument.MAX_BYTES + 1);
    make.offer(make.manifest(config, List.of()));
    assertManifests(images());
  }
}
