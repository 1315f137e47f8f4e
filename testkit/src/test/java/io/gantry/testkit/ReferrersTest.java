package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.MissingImage;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.MediaTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What refers to an image travels with it when asked, however the source keeps it. */
class ReferrersTest {
  private static final String SBOM = "application/spdx+json";
  private static final String SIGNATURE = "application/vnd.dev.cosign.artifact.sig.v1+json";

  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 31);
  private final Descriptor image = make.offer(make.image(10), "app:1");
  private final Descriptor sbom = make.artifact(SBOM, image, 20);

  private ExportPlan plan(String... types) throws GantryException {
    return ExportPlan.of(
        store,
        ExportRequest.everything()
            .select(List.of(new Selection.ByName("app:1")))
            .withReferrers(List.of(types)));
  }

  private static List<Digest> digests(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).toList();
  }

  private static void assertPublished(ExportPlan plan, Descriptor referrer, Descriptor subject) {
    assertThat(plan.index().manifests())
        .filteredOn(entry -> entry.digest().equals(referrer.digest()))
        .singleElement()
        .satisfies(
            entry ->
                assertThat(entry.annotations())
                    .containsEntry(Annotations.SUBJECT, subject.digest().toString())
                    .doesNotContainKeys(Annotations.REF_NAME, Annotations.IMAGE_NAME));
    assertThat(digests(plan.blobs())).contains(referrer.digest());
  }

  @Test
  void stayBehindUnlessAskedFor() throws GantryException {
    make.offer(sbom);
    ExportRequest plain = ExportRequest.everything().select(List.of(new Selection.ByName("app:1")));
    assertThat(digests(ExportPlan.of(store, plain).blobs())).doesNotContain(sbom.digest());
  }

  @Test
  void areFoundAsUntaggedEntries() throws GantryException {
    make.offer(sbom);
    assertPublished(plan(), sbom, image);
    assertThat(plan().index().manifests()).hasSize(2);
  }

  @Test
  void areFoundUnderATagOfTheirOwnAndLoseIt() throws GantryException {
    make.offer(sbom, "example.com/sboms:latest");
    assertPublished(plan(), sbom, image);
  }

  @Test
  void areFoundByTheAnnotationOfContainerd() throws GantryException {
    Descriptor noSubject = make.image(40);
    make.offer(
        noSubject.withAnnotations(
            Map.of(Annotations.SUBJECT, image.digest().toString(), "k", "v")));
    ExportPlan plan = plan();
    assertPublished(plan, noSubject, image);
    assertThat(plan.index().manifests().get(1).annotations()).containsEntry("k", "v");
    // A signature of cosign has the form of an image, and nobody could run it.
    assertThat(plan.images()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(DigestAlgorithm.class)
  void areFoundByTheFallbackTag(DigestAlgorithm algorithm) throws GantryException {
    ImageFactory other = make.digestedBy(algorithm);
    Descriptor subject = other.offer(other.image(70), "other:1");
    Descriptor referrer = other.artifact(SBOM, subject, 20);
    String encoded = subject.digest().encoded().substring(0, 64);
    other.offer(other.index(referrer), algorithm.id() + "-" + encoded);
    ExportPlan plan =
        ExportPlan.of(
            store,
            ExportRequest.everything()
                .select(List.of(new Selection.ByName("other:1")))
                .withReferrers(List.of()));
    assertPublished(plan, referrer, subject);
    assertThat(plan.index().manifests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sig", "att", "sbom"})
  void ofCosignKeepTheTagThatLeadsToThem(String suffix) throws GantryException {
    Descriptor signature = make.image(15);
    String tag = image.digest().toString().replace(':', '-') + "." + suffix;
    Descriptor entry = make.offer(signature, tag);
    ExportPlan plan = plan();
    assertThat(plan.index().manifests()).containsExactly(image, entry);
    assertThat(digests(plan.blobs())).contains(signature.digest());
  }

  @Test
  void ofReferrersTravelToo() throws GantryException {
    Descriptor signature = make.artifact(SIGNATURE, sbom, 30);
    make.offer(signature);
    make.offer(sbom);
    ExportPlan plan = plan();
    assertPublished(plan, sbom, image);
    assertPublished(plan, signature, sbom);
  }

  @Test
  void ofOneAnotherInACircleEnd() throws GantryException {
    make.offer(sbom);
    make.offer(
        make.image(5).withAnnotations(Map.of(Annotations.SUBJECT, sbom.digest().toString())));
    make.offer(image.withAnnotations(Map.of(Annotations.SUBJECT, sbom.digest().toString())));
    assertThat(plan().index().manifests()).hasSize(3);
  }

  @Test
  void ofAnImageOfTheIndexTravelWithTheIndex() throws GantryException {
    Descriptor child = make.on("linux/amd64", make.image(50));
    make.offer(make.index(child), "many:1");
    Descriptor referrer = make.offer(make.artifact(SBOM, child, 5));
    ExportPlan plan =
        ExportPlan.of(
            store,
            ExportRequest.everything()
                .select(List.of(new Selection.ByName("many:1")))
                .withReferrers(List.of()));
    assertPublished(plan, referrer, child);
  }

  @Test
  void areChosenByTheTypeOfArtifact() throws GantryException {
    Descriptor signature = make.offer(make.artifact(SIGNATURE, image, 30));
    make.offer(sbom);
    assertThat(digests(plan(SIGNATURE).index().manifests()))
        .containsExactly(image.digest(), signature.digest());
    assertThat(plan(SIGNATURE, SBOM).index().manifests()).hasSize(3);
    assertThat(plan("x/y").index().manifests()).hasSize(1);
  }

  @Test
  void areNotPublishedTwice() throws GantryException {
    Descriptor entry = make.offer(sbom);
    ExportPlan plan = ExportPlan.of(store, ExportRequest.everything().withReferrers(List.of()));
    assertThat(plan.index().manifests()).containsExactly(image, entry);
  }

  @Test
  void thatNothingConnectsToTheImageMayBeAbsent() throws GantryException {
    make.offer(Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 300));
    assertThat(plan().index().manifests()).containsExactly(image);
  }

  @ParameterizedTest
  @ValueSource(strings = {"annotation", "fallback", "layer"})
  void thatTheSourceDoesNotHaveAreMissed(String what) throws GantryException {
    Descriptor absent = Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 300);
    String tag = image.digest().toString().replace(':', '-');
    switch (what) {
      case "annotation" ->
          make.offer(
              absent.withAnnotations(Map.of(Annotations.SUBJECT, image.digest().toString())));
      case "fallback" -> make.offer(make.index(absent), tag);
      default -> {
        Descriptor config = make.blob(MediaTypes.OCI_EMPTY, "{}");
        absent = make.manifest(config, List.of(make.absentLayer("x/y", 3)));
        make.offer(absent, tag + ".sig");
      }
    }
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(this::plan)
        .withMessageContaining(absent.digest() + ", which refers to " + image.digest());
    ExportPlan without =
        ExportPlan.of(
            store,
            ExportRequest.everything()
                .select(List.of(new Selection.ByName("app:1")))
                .withReferrers(List.of())
                .skippingMissing());
    assertThat(without.index().manifests()).containsExactly(image);
    assertThat(without.missing())
        .extracting(MissingImage::neededBy, MissingImage::manifest)
        .containsExactly(tuple(image.digest(), Optional.of(absent.digest())));
    assertThat(without.blobs()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".sig"})
  void areFoundByATagWithinAFullName(String suffix) throws GantryException {
    String tag = image.digest().toString().replace(':', '-') + suffix;
    make.offer(suffix.isEmpty() ? make.index(sbom) : sbom, "ghcr.io/x/y:" + tag);
    assertThat(digests(plan().index().manifests())).containsExactly(image.digest(), sbom.digest());
  }

  @Test
  void thatAreIndexesHaveATypeToo() throws GantryException {
    Descriptor index =
        make.blob(
            MediaTypes.OCI_INDEX,
            """
            {"schemaVersion":2,"artifactType":"%s","manifests":[%s],"subject":%s}"""
                .formatted(
                    SBOM, ImageFactory.json(make.image(7)), ImageFactory.json(image.bare())));
    make.offer(index);
    assertPublished(plan(SBOM), index, image);
    assertThat(plan(SIGNATURE).index().manifests()).containsExactly(image);
  }

  @Test
  void areReadOnceHoweverOftenTheyAreNamed() throws GantryException {
    for (int i = 0; i < 500; i++) {
      make.offer(sbom, "sbom-" + i);
    }
    Map<Digest, Integer> opened = new HashMap<>();
    ContentStore counting =
        new FaultyStore(
            store,
            digest -> {
              opened.merge(digest, 1, Integer::sum);
              return false;
            },
            reader -> reader);
    ExportPlan plan =
        ExportPlan.of(
            counting,
            ExportRequest.everything()
                .select(List.of(new Selection.ByName("app:1")))
                .withReferrers(List.of()));
    assertThat(plan.index().manifests()).hasSize(2);
    assertThat(opened.get(sbom.digest())).isLessThan(5);
  }
}
