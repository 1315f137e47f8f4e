package io.gantry.driver.tar;

import static io.gantry.driver.tar.ArchiveFixture.BLOB;
import static io.gantry.driver.tar.ArchiveFixture.SOME;
import static io.gantry.driver.tar.ArchiveFixture.header;
import static io.gantry.driver.tar.ArchiveFixture.openAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.driver.tar.ArchiveBuilder.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no archive of images, or could be read in two ways. */
class RefusedArchiveTest {
  @TempDir private Path folder;
  private final ArchiveFixture layout = new ArchiveFixture();

  private Path file() {
    return folder.resolve("a.tar");
  }

  private ContentStore open(ArchiveBuilder archive) throws IOException {
    return openAt(archive.write(file()));
  }

  private void assertRefused(ArchiveBuilder archive, String... words) {
    assertInvalid(() -> open(archive).close(), words);
  }

  private void assertInvalid(ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessageStartingWith(file().toString())
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.json", "oci-layout", "blobs", "blobs/sha256", BLOB, "./" + BLOB})
  void refusesAnythingButFilesInTheirPlaces(String name) {
    for (char type : "123467Z".replace("7", "").toCharArray()) {
      ArchiveBuilder archive = layout.archive();
      if (type == '1' || type == '2') {
        archive.link(type, name, "/etc/passwd");
      } else {
        archive.member(type, name, new byte[0]);
      }
      assertRefused(archive, name.replace("./", ""), "only regular files");
    }
  }

  @Test
  void showsANameInOneLineAndNotWhole() {
    assertRefused(
        layout.archive().pax('x', "path=/a\n\u001b[31m" + "b".repeat(5000)).file("x", SOME),
        "'/a??[31mbbb",
        "bbb...'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "/" + BLOB, "../x", "a/../b", "a/..", "./.././x", ".."})
  void refusesNamesThatLeadOutside(String name) {
    assertRefused(
        layout.archive().file(name, SOME), "'" + name + "'", name.startsWith("/") ? "abs" : "..");
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.json", "./index.json", ".//oci-layout", BLOB, "blobs/./sha256//"})
  void refusesTwoMembersInOnePlace(String name) {
    String second = name.endsWith("//") ? BLOB.replace("blobs/sha256/", name) : name;
    assertRefused(layout.archive().file(BLOB, SOME).file(second, SOME), "twice");
  }

  static Stream<Arguments> refusesHostileHeaders() {
    byte[] large = new byte[1024 * 1024 + 1];
    return Stream.of(
        argumentSet("octal overflow", header(h -> h.text(124, "9")), "size is no number"),
        argumentSet(
            "negative", header(h -> h.bytes(124, 255, 255, 255, 255, 255)), "size is no number"),
        argumentSet(
            "overflow",
            header(h -> h.bytes(124, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3)),
            "size is no number"),
        argumentSet(
            "overflow in the first byte",
            header(h -> h.bytes(124, 0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3)),
            "size is no number"),
        argumentSet(
            "the most negative there is",
            header(h -> h.bytes(124, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3)),
            "size is no number"),
        argumentSet(
            "the largest there is",
            header(h -> h.bytes(124, 0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255)),
            "ends before its end"),
        argumentSet("larger than the archive", header(h -> h.size(1 << 30)), "before its end"),
        argumentSet(
            "PAX size",
            new ArchiveBuilder().pax('x', "size=-1").raw(header(h -> h).toBytes()),
            "size is no number"),
        argumentSet(
            "PAX size overflow",
            new ArchiveBuilder().pax('x', "size=9223372036854775808").raw(header(h -> h).toBytes()),
            "size is no number"),
        argumentSet(
            "a PAX record that is too long",
            new ArchiveBuilder().member('x', "x", "99 path=x\n".getBytes(UTF_8)),
            "longer or shorter"),
        argumentSet(
            "a PAX record without an end",
            new ArchiveBuilder().member('x', "x", "9 path=xy".getBytes(UTF_8)),
            "no end"),
        argumentSet(
            "a PAX record without a length",
            new ArchiveBuilder().member('g', "x", "path=xy\n".getBytes(UTF_8)),
            "begin with its length"),
        argumentSet(
            "a zero byte in a name",
            new ArchiveBuilder().pax('x', "path=index.json\0x"),
            "zero byte"),
        argumentSet("a large PAX header", new ArchiveBuilder().member('x', "x", large), "a header"),
        argumentSet(
            "a PAX header that says to be large",
            new ArchiveBuilder().raw(new Header('g', "x").size(1L << 32).toBytes()),
            "a header"),
        argumentSet("a long name", new ArchiveBuilder().member('L', "x", large), "a header"),
        argumentSet("sparse", new ArchiveBuilder().member('S', "x", SOME), "sparse"),
        argumentSet(
            "sparse in PAX",
            new ArchiveBuilder().pax('x', "GNU.sparse.major=1").file("x", SOME),
            "sparse"),
        argumentSet("half a volume", new ArchiveBuilder().member('M', "x", SOME), "volumes"),
        argumentSet(
            "a link with content", new ArchiveBuilder().member('2', "x", SOME), "has content"),
        argumentSet(
            "a folder with content", new ArchiveBuilder().member('5', "x/", SOME), "has content"),
        argumentSet(
            "a wrong checksum",
            new ArchiveBuilder().raw(new Header('0', "x").size(0).toBytes().clone()).raw(spoiled()),
            "header is damaged"));
  }

  private static byte[] spoiled() {
    byte[] header = new Header('0', "x").size(0).toBytes();
    header[0] = 'y';
    return header;
  }

  @ParameterizedTest
  @MethodSource
  void refusesHostileHeaders(ArchiveBuilder member, String word) {
    assertRefused(layout.archive().raw(member.toBytes()).content(SOME), word);
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.json", "oci-layout", BLOB, "./" + BLOB + "/"})
  void refusesAFolderInThePlaceOfAFile(String name) {
    assertRefused(layout.archive().member('5', name, new byte[0]), "in the place of a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.json/x", "oci-layout/x", BLOB + "/x", BLOB + "/x/y"})
  void refusesMembersBelowAFile(String name) {
    assertRefused(layout.archive().file(name, SOME), "is below a file");
    assertRefused(layout.archive().link('2', name, "x"), "is below a file");
  }

  /** Go and GNU tar go on to the second archive, and others do not. */
  @Test
  void refusesAnotherArchiveBehindOneBlockOfZeros() throws IOException {
    byte[] first = layout.archive().raw(new byte[512]).toBytes();
    assertRefused(
        new ArchiveBuilder().raw(first).raw(new ArchiveFixture().archive().toBytes()),
        "follows one block of zeros");
    try (ContentStore store = openAt(Files.write(file(), first))) {
      layout.assertComplete(store);
    }
  }

  @Test
  void keepsNoMoreNamesThanFitIntoMemory() throws IOException {
    ArchiveBuilder names = new ArchiveBuilder();
    for (int i = 0; i < 8500; i++) {
      names.pax('x', "path=" + i + "x".repeat(4000)).file("x", new byte[0]);
    }
    byte[] many = names.toBytes();
    assertRefused(
        new ArchiveBuilder().raw(many).file("manifest.json", SOME), "characters of names");
    try (ContentStore store =
        open(new ArchiveBuilder().raw(many).raw(layout.archive().toBytes()))) {
      layout.assertComplete(store);
    }
  }

  @Test
  void keepsNoNameThatIsLongerThanAPath() {
    ArchiveBuilder archive = new ArchiveBuilder();
    String name = "n".repeat(900_000);
    for (int i = 0; i < 40; i++) {
      archive.pax('x', "path=" + i + name).file("x", new byte[0]);
    }
    // They would be too many if they were kept, and this is another complaint.
    assertRefused(
        new ArchiveBuilder().raw(archive.toBytes()).file("x", SOME), "neither an index.json nor");
    assertRefused(
        archive.pax('x', "linkpath=" + name).link('2', "manifest.json", "x"),
        "name of more than 4096");
  }

  @Test
  void needsNoStackForAChainOfHeaders() throws IOException {
    ArchiveBuilder chain = new ArchiveBuilder();
    for (int i = 0; i < 20_000; i++) {
      chain.member("xLKg".charAt(i % 4), "x", new byte[0]);
    }
    ArchiveBuilder archive = new ArchiveBuilder().raw(chain.toBytes());
    try (ContentStore store = open(archive.file("x", SOME).raw(layout.archive().toBytes()))) {
      layout.assertComplete(store);
    }
  }

  @Test
  void refusesAnArchiveThatWasCutShort() throws IOException {
    byte[] whole = layout.archive().toBytes();
    for (int length = 512; length <= whole.length; length += 256) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertInvalid(() -> openAt(file()).close(), "ends before its end");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 5000})
  void refusesWhatIsNoArchive(int size) throws IOException {
    byte[] other = new byte[size];
    Arrays.fill(other, (byte) 'x');
    Files.write(file(), other);
    assertInvalid(() -> openAt(file()).close(), "no tar archive");
  }

  @Test
  void refusesAnArchiveOfSomethingElse() {
    assertRefused(new ArchiveBuilder().file("etc/passwd", SOME), "neither an index.json nor");
    assertRefused(new ArchiveBuilder(), "neither an index.json nor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.json", "oci-layout"})
  void saysWhichFileIsMissing(String name) {
    layout.files().remove(name);
    assertRefused(layout.archive(), name);
  }

  @Test
  void refusesALayoutOfAnotherVersion() {
    layout.files().put("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}".getBytes(UTF_8));
    assertRefused(layout.archive(), "oci-layout", "'2.0.0' is not supported");
  }

  @Test
  void refusesAnIndexThatIsTooLargeOrNone() {
    layout.files().put("index.json", "[]".getBytes(UTF_8));
    assertRefused(layout.archive(), "index.json", "not a JSON object");
    layout.files().put("index.json", new byte[32 * 1024 * 1024 + 1]);
    assertRefused(layout.archive(), "index.json is larger than");
  }

  @Test
  void saysThatAFolderIsNoArchive() {
    assertThatThrownBy(() -> openAt(folder.toString()))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessageContaining("dir:");
  }
}
