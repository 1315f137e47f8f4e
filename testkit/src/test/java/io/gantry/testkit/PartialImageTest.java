package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ManifestReader;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Exporter;
import io.gantry.api.export.MissingImage;
import io.gantry.api.export.RewrittenIndex;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Images for several platforms of which the source has some, or of which some are wanted. */
class PartialImageTest {
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 29);

  private final Descriptor amd = make.on("linux/amd64", make.image(10));
  private final Descriptor arm = make.on("linux/arm64", make.image(20));
  private final Descriptor absent =
      make.on("linux/s390x", Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 400));

  private static ExportRequest everything() {
    return ExportRequest.everything();
  }

  private static List<Platform> on(String platform) {
    return List.of(Platform.parse(platform));
  }

  private static List<Digest> digests(List<Descriptor> descriptors) {
    return descriptors.stream().map(Descriptor::digest).toList();
  }

  private GantryException refusal(ExportRequest request) {
    return Assertions.assertThrows(GantryException.class, () -> ExportPlan.of(store, request));
  }

  @Test
  void saysWhichPlatformIsMissing() {
    Descriptor index = make.offer(make.index(amd, absent));
    GantryException refusal = refusal(everything());
    assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(refusal)
        .hasMessageContaining("index " + index.digest())
        .hasMessageContaining(absent.digest() + " for the platform linux/s390x");
  }

  @Test
  void saysItOnceHoweverDeepItIs() {
    Descriptor inner = make.index(absent, amd);
    make.offer(make.index(make.index(inner)));
    assertThat(refusal(everything()).getMessage())
        .startsWith("index " + inner.digest())
        .containsOnlyOnce("is not whole");
  }

  @Test
  void leavesOutWhatIsMissingWhenAsked() throws GantryException {
    Descriptor index = make.offer(make.index(absent, amd));
    ExportPlan plan = ExportPlan.of(store, everything().skippingMissing());
    assertThat(digests(plan.blobs())).contains(index.digest(), amd.digest()).hasSize(4);
    assertThat(plan.missing())
        .extracting(MissingImage::neededBy, MissingImage::platform, MissingImage::manifest)
        .containsExactly(tuple(index.digest(), absent.platform(), Optional.of(absent.digest())));
  }

  @Test
  void leavesOutAnImageOfWhichALayerIsMissing() throws GantryException {
    Descriptor shared = make.layer(50);
    Descriptor half =
        make.on(
            "linux/arm64", make.image(List.of(shared, make.layer(30), make.absentLayer("x/y", 5))));
    Descriptor whole = make.on("linux/amd64", make.image(List.of(shared)));
    Descriptor index = make.offer(make.index(half, whole));
    ExportPlan plan = ExportPlan.of(store, everything().skippingMissing());
    assertThat(digests(plan.blobs()))
        .contains(index.digest(), whole.digest(), shared.digest())
        .doesNotContain(half.digest())
        .hasSize(4);
    assertThat(plan.missing()).hasSize(1);
    assertThat(plan.totalBytes())
        .isEqualTo(plan.blobs().stream().mapToLong(Descriptor::size).sum());
  }

  @Test
  void keepsABlobThatAWholeImageHadBefore() throws GantryException {
    Descriptor shared = make.layer(50);
    Descriptor whole = make.on("linux/amd64", make.image(List.of(shared)));
    Descriptor half =
        make.on("linux/arm64", make.image(List.of(shared, make.absentLayer("x/y", 5))));
    make.offer(make.index(whole, half));
    ExportPlan plan = ExportPlan.of(store, everything().skippingMissing());
    assertThat(digests(plan.blobs())).contains(shared.digest(), whole.digest()).hasSize(4);
  }

  @Test
  void findsAgainWhatBelongedToAnImageThatWasLeftOut() throws GantryException {
    Descriptor inner = make.image(30);
    Descriptor half =
        make.manifest(
            make.blob(MediaTypes.OCI_EMPTY, "{}"), List.of(inner, make.absentLayer("x/y", 5)));
    make.offer(make.index(make.on("linux/arm64", half), make.on("linux/amd64", inner)));
    ExportPlan plan = ExportPlan.of(store, everything().skippingMissing());
    assertThat(digests(plan.blobs())).contains(inner.digest()).doesNotContain(half.digest());
    assertThat(plan.blobs()).hasSize(4);
  }

  @Test
  void doesNotExportAnIndexOfNothing() {
    Descriptor index = make.offer(make.index(absent));
    GantryException refusal = refusal(everything().skippingMissing());
    assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(refusal).hasMessageContaining(index.digest().toString());
  }

  @Test
  void leavesOutAPlatformThatTheIndexDoesNotList() throws GantryException {
    make.offer(make.index(amd, arm));
    List<Platform> wanted = List.of(Platform.parse("linux/arm64"), Platform.parse("linux/riscv64"));
    assertThat(refusal(everything().platforms(wanted))).hasMessageContaining("linux/riscv64");
    ExportPlan plan = ExportPlan.of(store, everything().platforms(wanted).skippingMissing());
    assertThat(digests(plan.blobs())).contains(arm.digest()).doesNotContain(amd.digest());
    assertThat(plan.missing())
        .extracting(MissingImage::platform)
        .containsExactly(Optional.of(Platform.parse("linux/riscv64")));
    assertThat(refusal(everything().platforms(on("linux/riscv64")).skippingMissing()).kind())
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void anIndexTravelsUnmodifiedByDefault() throws GantryException {
    Descriptor index = make.offer(make.index(amd, arm));
    ExportPlan plan = ExportPlan.of(store, everything().platforms(on("linux/arm64")));
    assertThat(plan.index().manifests()).containsExactly(index);
    assertThat(plan.rewritten()).isEmpty();
  }

  @Test
  void anIndexIsRewrittenWhenAsked() throws IOException {
    Descriptor nested = make.index(arm, absent);
    Descriptor untouched = make.index(arm);
    Descriptor index = make.offer(make.index(amd, nested, untouched), "app:1");
    ExportPlan plan =
        ExportPlan.of(store, everything().platforms(on("linux/arm64")).rewritingIndex());
    Descriptor root = plan.index().manifests().get(0);
    assertThat(root.digest()).isNotEqualTo(index.digest());
    assertThat(root.annotations()).isEqualTo(index.annotations());
    assertThat(digests(plan.blobs()))
        .contains(root.digest(), untouched.digest(), arm.digest())
        .doesNotContain(index.digest(), nested.digest(), amd.digest())
        .hasSize(3 + 3);
    assertThat(plan.rewritten())
        .extracting(RewrittenIndex::original)
        .containsExactly(nested.digest(), index.digest());

    InMemoryPlaces places = new InMemoryPlaces();
    export(plan, places);
    ContentStore copy =
        new InMemoryStoreProvider(places)
            .open(Location.parse("memory:copy"), Options.parse("memory", List.of(), Map.of()));
    ImageDocument written = ImageDocument.parse(root, ManifestReader.read(copy, root));
    assertThat(written.children())
        .extracting(Descriptor::digest)
        .containsExactly(plan.rewritten().get(0).descriptor().digest(), untouched.digest());
    assertThat(ExportPlan.of(copy, everything()).blobs()).isEqualTo(plan.blobs());
  }

  private void export(ExportPlan plan, InMemoryPlaces places) throws IOException {
    try (var driver =
        new InMemoryDriverProvider(places)
            .open(Location.parse("memory:copy"), Options.parse("memory", List.of(), Map.of()))) {
      new Exporter(store, driver).export(plan, false);
    }
  }

  @Test
  void aRewrittenIndexKeepsWhatItIsNotAbout() throws IOException {
    String json =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s],"annotations":{"a":"b"},"new":1}"""
            .formatted(
                MediaTypes.OCI_INDEX,
                ImageFactory.json(amd),
                ImageFactory.json(arm).replaceFirst("}$", ",\"odd\":[1]}"));
    make.offer(make.blob(MediaTypes.OCI_INDEX, json));
    ExportPlan plan =
        ExportPlan.of(store, everything().platforms(on("linux/arm64")).rewritingIndex());
    assertThat(plan.rewritten()).hasSize(1);
    assertThat(plan.rewritten().get(0).json())
        .isEqualTo(json.replace(ImageFactory.json(amd) + ",", ""));
  }

  @Test
  void whatIsMissingIsNotInARewrittenIndex() throws GantryException {
    make.offer(make.index(absent, amd));
    ExportPlan plan = ExportPlan.of(store, everything().skippingMissing().rewritingIndex());
    assertThat(plan.rewritten()).hasSize(1);
    assertThat(plan.rewritten().get(0).json())
        .contains(amd.digest().toString())
        .doesNotContain(absent.digest().toString());
    assertThat(plan.missing()).hasSize(1);
  }

  @Test
  void aWholeIndexIsNotRewritten() throws GantryException {
    Descriptor index = make.offer(make.index(amd, arm));
    ExportPlan plan = ExportPlan.of(store, everything().rewritingIndex());
    assertThat(plan.index().manifests()).containsExactly(index);
    assertThat(plan.rewritten()).isEmpty();
  }

  @Test
  void anAttestationTravelsWithItsImageOnly() throws GantryException {
    Descriptor ofAmd = attestation(amd);
    Descriptor ofArm = attestation(arm);
    make.offer(make.index(amd, ofAmd, arm, ofArm));
    ExportRequest armOnly = everything().platforms(on("linux/arm64"));
    assertThat(digests(ExportPlan.of(store, armOnly).blobs()))
        .doesNotContain(ofAmd.digest(), ofArm.digest());
    assertThat(digests(ExportPlan.of(store, armOnly.withReferrers(List.of())).blobs()))
        .contains(ofArm.digest())
        .doesNotContain(ofAmd.digest());
    assertThat(
            digests(
                ExportPlan.of(store, armOnly.withReferrers(List.of("application/vnd.in-toto+json")))
                    .blobs()))
        .contains(ofArm.digest());
    assertThat(digests(ExportPlan.of(store, armOnly.withReferrers(List.of("x/y"))).blobs()))
        .doesNotContain(ofArm.digest());
  }

  @Test
  void anAttestationStaysBehindWithItsImage() throws GantryException {
    Descriptor half = make.on("linux/arm64", make.image(List.of(make.absentLayer("x/y", 5))));
    Descriptor ofHalf = attestation(half);
    make.offer(make.index(ofHalf, amd, half));
    ExportPlan plan = ExportPlan.of(store, everything().skippingMissing().rewritingIndex());
    assertThat(digests(plan.blobs())).contains(amd.digest()).doesNotContain(ofHalf.digest());
    assertThat(plan.rewritten().get(0).json()).doesNotContain(ofHalf.digest().toString());
    assertThat(plan.missing()).hasSize(1);
  }

  @Test
  void anAttestationThatIsMissingIsToldLikeAnImage() throws GantryException {
    Descriptor gone =
        make.on("unknown/unknown", Descriptor.of(MediaTypes.OCI_MANIFEST, make.unusedDigest(), 400))
            .withAnnotations(Map.of(Annotations.ATTESTED_DIGEST, amd.digest().toString()));
    Descriptor index = make.offer(make.index(amd, arm, gone));
    ExportRequest request = everything().platforms(on("linux/amd64")).withReferrers(List.of());
    assertThat(refusal(request)).hasMessageContaining("index " + index.digest());
    ExportPlan plan = ExportPlan.of(store, request.skippingMissing());
    assertThat(digests(plan.blobs())).contains(amd.digest());
    assertThat(plan.missing())
        .extracting(MissingImage::manifest)
        .containsExactly(Optional.of(gone.digest()));
  }

  @Test
  void aPlatformThatIsListedIsLeftOutOnceAndWithItsReason() throws GantryException {
    Descriptor missingLayer = make.absentLayer("x/y", 5);
    Descriptor half = make.on("linux/arm64", make.image(List.of(missingLayer)));
    make.offer(make.index(amd, half));
    List<Platform> both = List.of(Platform.parse("linux/amd64"), Platform.parse("linux/arm64"));
    assertThat(ExportPlan.of(store, everything().platforms(both).skippingMissing()).missing())
        .singleElement()
        .satisfies(left -> assertThat(left.reason()).contains(missingLayer.digest().toString()));
    assertThat(refusal(everything().platforms(on("linux/arm64")).skippingMissing()))
        .hasMessageContaining(missingLayer.digest().toString());
  }

  /** As buildkit writes it. */
  private Descriptor attestation(Descriptor image) {
    return make.on(
            "unknown/unknown",
            make.image(List.of(make.blob("application/vnd.in-toto+json", "{\"of\":\"" + image))))
        .withAnnotations(
            Map.of(
                Annotations.ATTESTED_DIGEST,
                image.digest().toString(),
                "vnd.docker.reference.type",
                "attestation-manifest"));
  }

  @Test
  void severalSelectionsAreExportedInTheirOrder() throws GantryException {
    Descriptor one = make.offer(make.image(1), "app:1");
    Descriptor two = make.offer(make.image(2), "app:2");
    Descriptor three = make.offer(make.image(3));
    assertThat(
            ExportPlan.of(
                    store,
                    everything()
                        .select(
                            List.of(
                                Selection.parse("@2"),
                                Selection.parse("app:2"),
                                Selection.parse("@" + one.digest()),
                                Selection.parse("2"))))
                .index()
                .manifests())
        .containsExactly(three, two, one);
  }
}
