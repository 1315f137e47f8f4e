package io.gantry.driver.tar;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the headers of an archive, of any writer, one member after the other. Whatever the archive
 * says, what is held here stays within some megabytes, the headers of one member and the records
 * for all; what is kept of the names that it returns is for the caller to bound. commons-compress
 * fills it with a name of a gigabyte, and descends once more for each header that precedes a member
 * until the stack ends, so it is not used here.
 *
 * <p>What two readers would read differently is refused: an archive must not be one image to Gantry
 * and another to the next tool.
 */
final class TarReader {
  private static final int BLOCK = TarHeader.BLOCK;

  /** The most that headers before a member may hold; Go's limit. */
  private static final int MAX_HEADER_BYTES = 1024 * 1024;

  /** Some readers look for the next header behind the content of these, and some before it. */
  private static final String WITHOUT_CONTENT = "123456";

  private final TarInput input;
  private final Object archive;
  private final PaxRecords global = new PaxRecords();
  private long unread;
  private boolean first = true;

  /**
   * Makes a reader.
   *
   * @param archive the name of the archive for messages
   */
  TarReader(TarInput input, Object archive) {
    this.input = input;
    this.archive = archive;
  }

  /** Passes over what is left of the member before, and returns the next one. */
  Optional<TarMember> next() throws IOException {
    if (!input.skip(unread)) {
      throw cutShort();
    }
    unread = 0;
    PaxRecords local = new PaxRecords();
    Optional<String> longName = Optional.empty();
    Optional<String> longLink = Optional.empty();
    while (true) {
      HeaderBlock header = new HeaderBlock(block());
      if (header.isEnd()) {
        end();
        return Optional.empty();
      }
      if (!header.isIntact()) {
        throw first ? noTar() : invalid("a header is damaged; copy the archive again");
      }
      first = false;
      switch (header.type()) {
        case 'g' -> add(global, header);
        case 'x', 'X' -> {
          local = new PaxRecords();
          add(local, header);
        }
        case 'L' -> longName = Optional.of(text(header));
        case 'K' -> longLink = Optional.of(text(header));
        default -> {
          return Optional.of(member(header, local, longName, longLink));
        }
      }
    }
  }

  private TarMember member(
      HeaderBlock header, PaxRecords local, Optional<String> longName, Optional<String> longLink)
      throws IOException {
    String name = local.path(global).or(() -> longName).orElseGet(header::name);
    String link = local.link(global).or(() -> longLink).orElseGet(header::link);
    if (header.type() == 'S' || local.sparse(global)) {
      throw invalid(name, "it is sparse; make the archive without --sparse");
    }
    if (header.type() == 'M') {
      throw invalid(name, "it goes on from another archive; join the volumes first");
    }
    TarMember.Kind kind = TarMember.Kind.of(header.type(), name);
    long size = size(header, name, local);
    if (size > 0 && WITHOUT_CONTENT.indexOf(header.type()) >= 0) {
      throw invalid(name, "it is %s and has content; make the archive again".formatted(kind));
    }
    try {
      unread = Math.addExact(size, TarHeader.padding(size));
    } catch (ArithmeticException e) {
      throw cutShort();
    }
    try {
      return new TarMember(MemberNames.normalize(name), kind, size, link);
    } catch (IllegalArgumentException e) {
      throw invalid(name, e.getMessage() + "; make the archive within the folder of the image");
    }
  }

  private long size(HeaderBlock header, String name, PaxRecords local) throws IOException {
    Optional<String> stated = local.size(global);
    OptionalLong size = stated.isPresent() ? decimal(stated.get()) : header.size();
    return size.orElseThrow(() -> invalid(name, "its size is no number; make the archive again"));
  }

  private static OptionalLong decimal(String text) {
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }

  /**
   * Keeps the content of the last member for later.
   *
   * @return where it is in the {@link ArchiveContent} of the input
   */
  Span keep(TarMember member) throws IOException {
    long offset = input.keep(member.size());
    if (offset < 0) {
      throw cutShort();
    }
    unread = TarHeader.padding(member.size());
    return new Span(offset, member.size());
  }

  private void add(PaxRecords records, HeaderBlock header) throws IOException {
    try {
      records.add(content(header));
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage() + "; make the archive again");
    }
  }

  /** GNU ends long names with NUL, and some that follow GNU do not. */
  private String text(HeaderBlock header) throws IOException {
    String text = new String(content(header), StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private byte[] content(HeaderBlock header) throws IOException {
    long size = header.size().orElse(Long.MAX_VALUE);
    if (size > MAX_HEADER_BYTES) {
      throw invalid(
          "a header has more than the %d bytes that are read; make the archive again"
              .formatted(MAX_HEADER_BYTES));
    }
    ByteBuffer content = ByteBuffer.allocate((int) size);
    input.read(content);
    if (content.hasRemaining() || !input.skip(TarHeader.padding(size))) {
      throw cutShort();
    }
    return content.array();
  }

  /** Some readers end at one block of zeros, and others go on unless there are two. */
  private void end() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    input.read(block);
    if (!new HeaderBlock(block.array()).isEnd()) {
      throw invalid("something follows one block of zeros; make the archive again");
    }
  }

  private byte[] block() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    input.read(block);
    if (block.hasRemaining()) {
      throw first ? noTar() : cutShort();
    }
    return block.array();
  }

  private GantryException noTar() {
    return invalid(
        "no tar archive, neither plain nor compressed with gzip or zstd; unpack it first");
  }

  private GantryException cutShort() {
    return invalid("the archive ends before its end; copy it again");
  }

  private GantryException invalid(String name, String complaint) {
    return invalid("member '%s': %s".formatted(MemberNames.shown(name), complaint));
  }

  private GantryException invalid(String complaint) {
    return new GantryException(Kind.INVALID_IMAGE, archive + ": " + complaint);
  }
}
