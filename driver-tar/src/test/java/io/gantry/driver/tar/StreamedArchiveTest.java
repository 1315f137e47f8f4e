package io.gantry.driver.tar;

import static io.gantry.driver.tar.ArchiveFixture.SOME;
import static io.gantry.driver.tar.ArchiveFixture.openAt;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that can be read once: compressed, or in a pipe. */
class StreamedArchiveTest {
  @TempDir private Path folder;
  private final ArchiveFixture layout = new ArchiveFixture();
  private byte[] whole = {};

  @BeforeEach
  void makeAnArchive() {
    // More than any buffer holds, in a member that is of no use.
    whole =
        layout
            .archive()
            .file("ingest/half", new byte[300_000])
            .file("blobs/sha256/.tmp", new byte[300_000])
            .raw(new byte[1024])
            .toBytes();
  }

  private ContentStore open(byte[] archive) throws IOException {
    return openAt(
        Files.write(folder.resolve("a.tar"), archive), Map.of("spool-folder", spool().toString()));
  }

  private Path spool() throws IOException {
    return Files.createDirectories(folder.resolve("spool"));
  }

  private List<Path> spooled() throws IOException {
    try (Stream<Path> files = Files.list(spool())) {
      return files.toList();
    }
  }

  private static byte[] compress(Compression compression, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (compression) {
          case NONE -> bytes;
          case GZIP -> new GZIPOutputStream(bytes);
          case ZSTD -> new ZstdOutputStream(bytes);
          case BZIP2, XZ -> throw new IllegalArgumentException(compression.toString());
        }) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD", "NONE"})
  void readsWhatIsCompressed(Compression compression) throws IOException {
    try (ContentStore store = open(compress(compression, whole))) {
      layout.assertComplete(store);
    }
  }

  /** As pigz and pzstd write it, and whoever writes one after the other. */
  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void readsWhatIsCompressedInPieces(Compression compression) throws IOException {
    byte[] first = compress(compression, Arrays.copyOf(whole, 1000));
    byte[] second = compress(compression, Arrays.copyOfRange(whole, 1000, whole.length));
    try (ContentStore store = open(concat(first, second))) {
      layout.assertComplete(store);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void refusesWhatIsCutShortOrDamaged(Compression compression) throws IOException {
    byte[] sound = compress(compression, whole);
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, sound.length / 4, sound.length / 2, (byte) 0xa5);
    for (byte[] bad :
        List.of(Arrays.copyOf(sound, sound.length / 2), Arrays.copyOf(sound, 6), damaged)) {
      assertThatThrownBy(() -> open(bad).close())
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
          .hasMessageContaining("a.tar: ");
    }
    assertThat(spooled()).isEmpty();
  }

  private void assertRefused(byte[] bad, String... words) throws IOException {
    assertThatThrownBy(() -> open(bad).close())
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessageContaining("a.tar: ")
        .hasMessageContainingAll(words);
    assertThat(spooled()).isEmpty();
  }

  private static byte[] stored(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.NO_COMPRESSION);
          }
        }) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  @Test
  void refusesAnotherTrailerOfGzip() throws IOException {
    byte[] sound = compress(Compression.GZIP, whole);
    for (int fromEnd = 1; fromEnd <= 8; fromEnd++) {
      byte[] wrong = sound.clone();
      wrong[wrong.length - fromEnd] ^= 1;
      assertRefused(wrong, fromEnd > 4 ? "checksum" : "length", "copy it again");
      assertRefused(Arrays.copyOf(sound, sound.length - fromEnd), "cut short");
    }
  }

  /** Nothing but the checksum tells that the index is another. */
  @Test
  void refusesAnIndexThatWasAltered() throws IOException {
    byte[] altered = stored(whole);
    String text = new String(altered, ISO_8859_1);
    int at = text.indexOf("app:1.0");
    assertThat(at).isPositive();
    altered[at + 4] = '7';
    assertRefused(altered, "checksum");
  }

  @Test
  void refusesAnotherChecksumOfZstd() throws IOException {
    byte[] wrong = compress(Compression.ZSTD, whole);
    wrong[wrong.length - 1] ^= 1;
    assertRefused(wrong, "damaged");
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void refusesWhatFollowsTheEnd(Compression compression) throws IOException {
    byte[] sound = compress(compression, whole);
    assertRefused(concat(sound, "garbage".getBytes(UTF_8)), "damaged");
    assertRefused(compress(compression, concat(whole, SOME)), "follows the end");
    assertRefused(concat(sound, compress(compression, whole)), "follows the end");
    assertRefused(compress(compression, concat(whole, new byte[17 << 20])), "zeros follow");
  }

  @Test
  void readsGzipThatIsPaddedOrNamed() throws IOException {
    byte[] sound = compress(Compression.GZIP, whole);
    byte[] header = Arrays.copyOf(sound, 10);
    header[3] = 2 | 4 | 8 | 16;
    byte[] fields = {2, 0, 'x', 'y', 'a', 0, 'b', 0, 1, 2};
    byte[] named = concat(concat(header, fields), Arrays.copyOfRange(sound, 10, sound.length));
    try (ContentStore store = open(concat(named, new byte[5000]))) {
      layout.assertComplete(store);
    }
  }

  @Test
  void refusesACompressedFileThatIsNoArchive() {
    assertThatThrownBy(() -> open(compress(Compression.GZIP, new byte[] {1, 2})).close())
        .hasMessageContaining("no tar archive");
  }

  @ParameterizedTest
  @CsvSource({"bzip2, 425a683931415926", "xz, fd377a585a000004"})
  void saysHowToDecompressWhatIsNotRead(String compression, String start) throws IOException {
    assertThatThrownBy(() -> open(concat(HexFormat.of().parseHex(start), whole)).close())
        .hasMessageContainingAll("a.tar is compressed with " + compression, compression + " -d");
    assertThat(spooled()).isEmpty();
  }

  @Test
  void keepsNoNameInTheFolderForWhatIsKept() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    try (ContentStore store = open(compress(Compression.GZIP, whole))) {
      assertThat(spooled()).isEmpty();
      layout.assertComplete(store);
    }
  }

  @Test
  void saysHowToChooseAnotherFolder() throws IOException {
    Path archive = Files.write(folder.resolve("a.tar"), compress(Compression.GZIP, whole));
    assertThatThrownBy(
            () -> openAt(archive, Map.of("spool-folder", folder.resolve("absent").toString())))
        .hasMessageContainingAll("absent", "--source-option spool-folder=");
  }

  @Test
  void readsANamedPipeToItsEnd() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      byte[] padded = concat(whole, new byte[1_000_000]);
      Future<Path> written = writer.submit(() -> Files.write(pipe, padded));
      try (ContentStore store = openAt(pipe)) {
        layout.assertComplete(store);
      }
      // Whoever writes is not told that nobody reads.
      assertThat(written.get()).isEqualTo(pipe);
    } finally {
      writer.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsStandardInput(boolean pipe) throws Exception {
    Path archive = Files.write(folder.resolve("a.tar"), whole);
    ProcessBuilder java = StandardInputProcess.builder();
    java.environment().put("TMPDIR", pipe ? spool().toString() : folder.resolve("no").toString());
    if (!pipe) {
      java.redirectInput(archive.toFile());
    }
    Process process = java.start();
    if (pipe) {
      try (OutputStream in = process.getOutputStream()) {
        in.write(whole);
      }
    }
    String digests = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(digests.lines())
        .containsExactlyInAnyOrderElementsOf(
            layout.content().digests().stream().map(Object::toString).toList());
    assertThat(spooled()).isEmpty();
  }

  /** The JDK takes a stream that has no byte at hand for one that has ended. */
  @Test
  void waitsForPiecesThatAreLate() throws IOException {
    byte[] pieces = concat(compress(Compression.GZIP, SOME), compress(Compression.GZIP, SOME));
    ReadableByteChannel slow =
        new ReadableByteChannel() {
          private final ReadableByteChannel all =
              Channels.newChannel(new ByteArrayInputStream(pieces));

          @Override
          public int read(ByteBuffer dst) throws IOException {
            int limit = dst.limit();
            dst.limit(dst.position() + 1);
            try {
              return all.read(dst);
            } finally {
              dst.limit(limit);
            }
          }

          @Override
          public boolean isOpen() {
            return all.isOpen();
          }

          @Override
          public void close() throws IOException {
            all.close();
          }
        };
    ChannelStream stream = new ChannelStream(slow, "a pipe");
    assertThat(stream.peek(2)).containsExactly(0x1f, 0x8b);
    assertThat(new GzipStream(stream).readAllBytes()).isEqualTo(concat(SOME, SOME));
    assertThat(stream.available()).isZero();
  }
}
