package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Annotations;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Platform;
import io.gantry.api.provider.Location;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which images of a source a request chooses, and the names that they get. */
class ImageSelectionTest {
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 13);

  private List<Descriptor> chosenBy(ExportRequest request) throws GantryException {
    return ExportPlan.of(store, request).index().manifests();
  }

  private void assertRefused(Kind kind, ExportRequest request, String... words) {
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> chosenBy(request))
        .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static ExportRequest everything() {
    return ExportRequest.everything();
  }

  @Test
  void everythingIsWhatTheSourceOffers() throws GantryException {
    make.offer(make.image(10), "app:1");
    make.offer(make.image(20));
    make.offer(store.roots().get(0), "app:2");
    assertThat(chosenBy(everything())).isEqualTo(store.roots());
  }

  @ParameterizedTest
  @ValueSource(strings = {"app:1", "library/app:1", "docker.io/library/app:1", "1"})
  void anImageIsFoundByAnyFormOfItsName(String name) throws GantryException {
    Descriptor wanted = make.offer(make.image(10), "app:1");
    make.offer(make.image(20), "other:2");
    assertThat(chosenBy(everything().select(List.of(new Selection.ByName(name)))))
        .containsExactly(wanted);
  }

  @Test
  void aFullNameIsFoundBeforeATag() throws GantryException {
    make.offer(make.image(10), "example.com/other:app");
    Descriptor wanted = make.offer(make.image(20), "app");
    assertThat(wanted.annotations()).doesNotContainKey(Annotations.IMAGE_NAME);
    Descriptor full = make.offer(make.image(30), "docker.io/library/app:latest");
    assertThat(chosenBy(everything().select(List.of(new Selection.ByName("app")))))
        .containsExactly(full);
  }

  @Test
  void theOnlyImageNeedsNoName() throws GantryException {
    Descriptor only = make.offer(make.image(10));
    assertThat(chosenBy(everything().select(List.of(new Selection.ByName("app:1")))))
        .containsExactly(only);
  }

  @Test
  void theOnlyImageIsNotTakenUnderAnotherName() {
    make.offer(make.image(10), "app:1");
    assertRefused(
        Kind.NOT_FOUND,
        everything().select(List.of(new Selection.ByName("app:2"))),
        "'app:2'",
        "docker.io/library/app:1");
  }

  @Test
  void aNameOfSeveralImagesIsRefusedWithTheirDigests() {
    Descriptor one = make.offer(make.image(10), "1");
    Descriptor other = make.offer(make.image(20), "1");
    assertRefused(
        Kind.INVALID_ARGUMENT,
        everything().select(List.of(new Selection.ByName("1"))),
        one.digest().toString(),
        other.digest().toString());
  }

  @Test
  void aNameOfOneImageTwiceIsFine() throws GantryException {
    Descriptor image = make.image(10);
    make.offer(make.on("linux/amd64", image), "1");
    make.offer(image, "1");
    assertThat(chosenBy(everything().select(List.of(new Selection.ByName("1"))))).hasSize(2);
  }

  @Test
  void aDigestFindsAnEntryWithItsName() throws GantryException {
    Descriptor named = make.offer(make.image(10), "app:1");
    assertThat(chosenBy(everything().select(List.of(new Selection.ByDigest(named.digest())))))
        .containsExactly(named);
  }

  @Test
  void aDigestFindsWhatIsNotOffered() throws GantryException {
    Descriptor child = make.image(10);
    make.offer(make.index(make.on("linux/arm64", child)), "app:1");
    assertThat(chosenBy(everything().select(List.of(new Selection.ByDigest(child.digest())))))
        .containsExactly(child);
  }

  @Test
  void aSourceWithoutNamesNeedsADigest() {
    make.image(10);
    assertRefused(Kind.NOT_FOUND, everything(), "digest");
  }

  @Test
  void aDigestThatIsNotThereIsNotFound() {
    make.offer(make.image(10), "app:1");
    var absent = make.unusedDigest();
    assertRefused(
        Kind.NOT_FOUND,
        everything().select(List.of(new Selection.ByDigest(absent))),
        absent.toString());
  }

  @Test
  void targetNamesReplaceThoseOfTheSource() throws GantryException {
    Descriptor image = make.offer(make.image(10), "app:1");
    List<Descriptor> entries = chosenBy(everything().named(List.of("example.com/x:2", "3")));
    assertThat(entries)
        .extracting(Descriptor::annotations)
        .containsExactly(
            Map.of(Annotations.IMAGE_NAME, "example.com/x:2", Annotations.REF_NAME, "2"),
            Map.of(Annotations.REF_NAME, "3"));
    assertThat(entries).extracting(Descriptor::digest).containsOnly(image.digest());
  }

  @Test
  void aTargetNameIsForOneImageOnly() {
    make.offer(make.image(10), "app:1");
    make.offer(make.image(20), "app:2");
    assertRefused(
        Kind.INVALID_ARGUMENT,
        everything().named(List.of("x")),
        "docker.io/library/app:1, docker.io/library/app:2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/UPPER", "a b", "..", "x:", "a/../b", "\u001b[31m"})
  void aTargetNameThatIsNoneIsRefused(String name) {
    make.offer(make.image(10), "app:1");
    assertRefused(Kind.INVALID_ARGUMENT, everything().named(List.of(name)), "is not valid");
  }

  @Test
  void locationsSayWhatToSelectAndHowToNameIt() throws GantryException {
    make.offer(make.image(10), "app:1");
    Descriptor second = make.offer(make.image(20), "app:2");
    ExportRequest request =
        ExportRequest.of(Location.parse("dir:from:app:2"), Location.parse("tar:to.tar:new:3"));
    assertThat(chosenBy(request))
        .extracting(Descriptor::digest, entry -> entry.annotations().get(Annotations.IMAGE_NAME))
        .containsExactly(tuple(second.digest(), "docker.io/library/new:3"));
  }

  @Test
  void anEntryThatSaysItsPlatformIsLeftOutWhenThatIsNotAskedFor() throws GantryException {
    Descriptor amd = make.offer(make.on("linux/amd64", make.image(10)), "app:1");
    Descriptor arm = make.offer(make.on("linux/arm64", make.image(20)), "app:1");
    ExportRequest armOnly = everything().platforms(List.of(Platform.parse("linux/arm64")));
    assertThat(chosenBy(armOnly)).containsExactly(arm);
    assertThat(chosenBy(armOnly.select(List.of(new Selection.ByName("app:1")))))
        .containsExactly(arm);
    assertRefused(
        Kind.NOT_FOUND,
        armOnly.select(List.of(new Selection.ByDigest(amd.digest()))),
        "linux/arm64",
        "it has linux/amd64");
    ExportRequest other = everything().platforms(List.of(Platform.parse("linux/s390x")));
    assertRefused(Kind.NOT_FOUND, other, "linux/s390x", "linux/amd64, linux/arm64");
  }

  @Test
  void aTagOrNameIsFoundInAFullNameThatIsTheOnlyAnnotation() throws GantryException {
    Descriptor image =
        make.image(10).withAnnotations(Map.of(Annotations.REF_NAME, "docker.io/library/app:1"));
    make.offer(image);
    make.offer(make.image(20), "other:2");
    assertThat(chosenBy(selecting("1"))).containsExactly(image);
    assertThat(chosenBy(selecting("app:1"))).containsExactly(image);
    assertRefused(Kind.NOT_FOUND, selecting("3"), "docker.io/library/app:1");
  }

  @Test
  void aPositionIsCountedFromZero() throws GantryException {
    Descriptor first = make.offer(make.image(10), "same");
    Descriptor second = make.offer(make.image(20), "same");
    assertThat(chosenBy(selecting("@0"))).containsExactly(first);
    assertThat(chosenBy(selecting("@1"))).containsExactly(second);
    assertRefused(Kind.NOT_FOUND, selecting("@2"), "@2", "it has 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"@", "@x", "@-1", "@sha256:12", "@99999999999"})
  void anAtSignThatSelectsNothingIsRefused(String text) {
    assertThatExceptionOfType(GantryException.class)
        .isThrownBy(() -> Selection.parse(text))
        .withMessageContaining("'" + text + "'")
        .extracting(GantryException::kind)
        .isEqualTo(Kind.INVALID_ARGUMENT);
  }

  private static ExportRequest selecting(String text) throws GantryException {
    return everything().select(List.of(Selection.parse(text)));
  }
}
