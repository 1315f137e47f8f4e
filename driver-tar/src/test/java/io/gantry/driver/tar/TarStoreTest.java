package io.gantry.driver.tar;

import static io.gantry.driver.tar.ArchiveFixture.BLOB;
import static io.gantry.driver.tar.ArchiveFixture.BLOB_DIGEST;
import static io.gantry.driver.tar.ArchiveFixture.SOME;
import static io.gantry.driver.tar.ArchiveFixture.header;
import static io.gantry.driver.tar.ArchiveFixture.openAt;
import static io.gantry.driver.tar.ArchiveFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.driver.tar.ArchiveBuilder.Header;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TarStoreTest {
  @TempDir private Path folder;
  private final ArchiveFixture layout = new ArchiveFixture();

  private Path file() {
    return folder.resolve("a.tar");
  }

  private ContentStore open(ArchiveBuilder archive) throws IOException {
    return openAt(archive.write(file()));
  }

  static Stream<Arguments> readsTheFormsOfOthers() {
    int gnu = TarArchiveOutputStream.LONGFILE_GNU;
    int pax = TarArchiveOutputStream.LONGFILE_POSIX;
    int star = TarArchiveOutputStream.BIGNUMBER_STAR;
    int posix = TarArchiveOutputStream.BIGNUMBER_POSIX;
    return Stream.of(
        argumentSet("gnu", gnu, star, ""),
        argumentSet("pax", pax, posix, ""),
        argumentSet("gnu, from the folder itself", gnu, star, "./"),
        argumentSet("pax, from the folder itself", pax, posix, "./"));
  }

  @ParameterizedTest
  @MethodSource
  void readsTheFormsOfOthers(int names, int numbers, String prefix) throws IOException {
    try (var out = new TarArchiveOutputStream(Files.newOutputStream(file()))) {
      out.setLongFileMode(names);
      out.setBigNumberMode(numbers);
      out.setAddPaxHeadersForNonAsciiNames(true);
      for (String name : List.of("", "blobs/", "blobs/sha256/", "é/")) {
        out.putArchiveEntry(new TarArchiveEntry(prefix + name));
        out.closeArchiveEntry();
      }
      for (Map.Entry<String, byte[]> member : layout.files().entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(prefix + member.getKey());
        entry.setSize(member.getValue().length);
        entry.setModTime(1_700_000_000_123L);
        out.putArchiveEntry(entry);
        out.write(member.getValue());
        out.closeArchiveEntry();
      }
    }
    try (ContentStore store = openAt(file())) {
      layout.assertComplete(store);
    }
  }

  @Test
  void readsMembersInAnyOrder() throws IOException {
    List<Map.Entry<String, byte[]>> members = new ArrayList<>(layout.files().entrySet());
    Collections.reverse(members);
    for (int i = 0; i < members.size(); i++) {
      Collections.rotate(members, 1);
      ArchiveBuilder archive = new ArchiveBuilder();
      for (Map.Entry<String, byte[]> member : members) {
        ArchiveFixture.add(archive, member.getKey(), member.getValue());
      }
      try (ContentStore store = open(archive)) {
        layout.assertComplete(store);
      }
    }
  }

  @Test
  void readsHeadersOfV7() throws IOException {
    ArchiveBuilder archive = layout.archive();
    byte[] v7 = new Header('\0', BLOB).text(257, "\0\0\0\0\0\0\0\0").size(3).toBytes();
    byte[] noFile = new Header('\0', "blobs/").text(257, "\0\0\0\0\0\0\0\0").size(0).toBytes();
    try (ContentStore store = open(archive.raw(noFile).raw(v7).content(SOME))) {
      assertThat(read(store, BLOB_DIGEST)).isEqualTo(SOME);
    }
  }

  static Stream<Arguments> readsNumbersAndNames() {
    String encoded = "ab".repeat(32);
    return Stream.of(
        argumentSet("blanks before", header(h -> h.text(124, "          3 "))),
        argumentSet("no end", header(h -> h.text(124, "000000000003"))),
        argumentSet("base 256", header(h -> h.bytes(124, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3))),
        argumentSet(
            "a prefix",
            new ArchiveBuilder()
                .raw(new Header('0', encoded).text(345, "./blobs/sha256").size(3).toBytes())),
        argumentSet(
            "star's prefix, with times behind it",
            new ArchiveBuilder()
                .raw(
                    new Header('0', encoded)
                        .text(345, "blobs/sha256")
                        .text(476, "14512345670 14512345670 ")
                        .text(508, "tar")
                        .size(3)
                        .toBytes())),
        argumentSet(
            "GNU's times, which are no prefix",
            header(h -> h.text(257, "ustar  \0").text(345, "14512345670"))),
        argumentSet("a contiguous file", header(h -> h.text(156, "7"))),
        argumentSet(
            "PAX for path and size",
            new ArchiveBuilder()
                .pax('x', "path=" + BLOB, "size=3", "mtime=1.5", "comment=a=b")
                .raw(new Header('0', "other").size(0).toBytes())),
        argumentSet(
            "PAX of Solaris",
            new ArchiveBuilder()
                .pax('X', "path=" + BLOB)
                .raw(new Header('0', "other").size(3).toBytes())),
        argumentSet(
            "PAX for all, taken back for one",
            new ArchiveBuilder()
                .pax('g', "size=3", "path=other")
                .pax('x', "path=" + BLOB)
                .raw(new Header('0', "x").size(1).toBytes())
                .content(SOME)
                .pax('x', "size=", "path=unrelated")
                .raw(new Header('0', "x").size(3).toBytes())
                .content(SOME)
                .pax('g', "size=", "path=")
                .raw(new Header('0', "unrelated").size(3).toBytes())));
  }

  @ParameterizedTest
  @MethodSource
  void readsNumbersAndNames(ArchiveBuilder member) throws IOException {
    layout.files().remove(BLOB);
    ArchiveBuilder archive = layout.archive().raw(member.toBytes()).content(SOME);
    try (ContentStore store = open(archive)) {
      assertThat(read(store, BLOB_DIGEST)).isEqualTo(SOME);
    }
  }

  @Test
  void ignoresWhatIsNotOfALayout() throws IOException {
    ArchiveBuilder archive =
        layout
            .archive()
            .member('V', "volume", new byte[0])
            .member('5', "ingest/", new byte[0])
            .file("ingest/half", SOME)
            .file("blobs/sha256/.tmp-1", SOME)
            .file("blobs/md5/" + "ab".repeat(16), SOME)
            .file("manifest.json", SOME)
            .file("manifest.json", SOME)
            .file("sub/index.json", SOME)
            .link('2', "latest", "/etc/passwd")
            .link('1', "hard", "index.json")
            .member('6', "pipe", new byte[0])
            .member('Z', "what", SOME);
    try (ContentStore store = open(archive)) {
      layout.assertComplete(store);
    }
  }

  /** To read or to keep it would take minutes and more memory than there is. */
  @Test
  void passesOverContentWithoutReadingIt() throws IOException {
    long huge = 20L << 30;
    byte[] after = layout.archive().raw(new byte[1024]).toBytes();
    byte[] before =
        new ArchiveBuilder()
            .pax('x', "size=" + huge)
            .raw(new Header('0', BLOB).size(0).toBytes())
            .toBytes();
    try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
      sparse.write(before);
      sparse.seek(before.length + huge - 1);
      sparse.write(7);
      sparse.write(after);
    }
    Digest digest = BLOB_DIGEST;
    try (ContentStore store = openAt(file());
        BlobReader reader = store.open(Descriptor.of("application/x", digest, huge))) {
      assertThat(reader.size()).isEqualTo(huge);
      ByteBuffer last = ByteBuffer.allocate(10);
      assertThat(reader.read(last, huge - 1)).isEqualTo(1);
      assertThat(last.get(0)).isEqualTo((byte) 7);
      assertThat(store.roots()).isEqualTo(layout.content().roots());
    }
  }

  @Test
  void takesOneBlockForAnEnd() throws IOException {
    Files.write(file(), layout.archive().raw(new byte[512]).toBytes());
    try (ContentStore store = openAt(file())) {
      layout.assertComplete(store);
    }
  }

  @Test
  void readsNothingBehindTheEnd() throws IOException {
    Files.write(
        file(), layout.archive().raw(new byte[1024]).raw(layout.archive().toBytes()).toBytes());
    try (ContentStore store = openAt(file())) {
      layout.assertComplete(store);
    }
  }

  @Test
  void readsThroughALinkToTheArchive() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), layout.archive().write(file()));
    try (ContentStore store = openAt(link.toString())) {
      layout.assertComplete(store);
    }
  }

  @Test
  void readsOnWhenTheArchiveIsReplaced() throws IOException {
    try (ContentStore store = open(layout.archive())) {
      Path other = Files.write(folder.resolve("b.tar"), SOME);
      Files.move(other, file(), StandardCopyOption.REPLACE_EXISTING);
      layout.assertComplete(store);
    }
  }

  @Test
  void anInterruptIsNoFailureOfOthers() throws IOException {
    Digest digest = layout.content().digests().get(0);
    try (ContentStore store = open(layout.archive())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> read(store, digest)).isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> read(store, digest)).isInstanceOf(ClosedByInterruptException.class);
    }
  }

  @Test
  void nothingIsReadAfterTheEndOfTheStore() throws IOException {
    ContentStore store = open(layout.archive());
    store.close();
    assertThatThrownBy(() -> read(store, layout.content().digests().get(0)))
        .isExactlyInstanceOf(ClosedChannelException.class);
  }
}
