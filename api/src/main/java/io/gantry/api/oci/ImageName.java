package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The full name of an image, normalised as Docker and containerd do: {@code busybox} is {@code
 * docker.io/library/busybox:latest}.
 *
 * @param domain the registry, with its port if it has one
 * @param path the repository within the registry
 * @param tag the tag; always present when there is no digest
 * @param digest the digest as written, when the name has one
 * @see <a href="https://pkg.go.dev/github.com/distribution/reference">distribution's reference
 *     grammar</a>
 */
public record ImageName(String domain, String path, Optional<String> tag, Optional<String> digest) {

  private static final String DEFAULT_DOMAIN = "docker.io";
  private static final String OFFICIAL = "library/";
  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
  private static final Pattern DOMAIN =
      Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
  private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
  private static final Pattern PARTS =
      Pattern.compile("(?<name>[^@]*?)(?::(?<tag>[^:/@]*))?(?:@(?<digest>.*))?", Pattern.DOTALL);

  /** What Docker takes for the identity of a local image. */
  private static final Pattern IDENTITY = Pattern.compile("[a-f0-9]{64}");

  private static final int MAX_LENGTH = 255;

  /** Room for a name, a tag and a digest of their greatest lengths. */
  private static final int MAX_TEXT = MAX_LENGTH + 1 + 128 + 1 + 255;

  /** Checks that no part is null. */
  public ImageName {
    requireNonNull(domain, "domain");
    requireNonNull(path, "path");
    requireNonNull(tag, "tag");
    requireNonNull(digest, "digest");
  }

  /**
   * Parses a name as people type it and completes it.
   *
   * @throws IllegalArgumentException if the text is no name of an image
   */
  public static ImageName parse(String text) {
    Matcher parts = PARTS.matcher(text);
    // The matchers recurse with the text, which may be megabytes of somebody's annotation.
    if (text.length() > MAX_TEXT || !parts.matches() || IDENTITY.matcher(text).matches()) {
      throw invalid(text);
    }
    String name = parts.group("name");
    Optional<String> tag = Optional.ofNullable(parts.group("tag"));
    Optional<String> digest = Optional.ofNullable(parts.group("digest"));
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean hasDomain =
        first.contains(".")
            || first.contains(":")
            || first.equals("localhost")
            || !first.equals(first.toLowerCase(Locale.ROOT));
    String domain = hasDomain ? first : DEFAULT_DOMAIN;
    String path = hasDomain ? name.substring(slash + 1) : name;
    if (domain.equals("index.docker.io")) {
      domain = DEFAULT_DOMAIN;
    }
    if (domain.equals(DEFAULT_DOMAIN) && !path.contains("/")) {
      path = OFFICIAL + path;
    }
    if (!DOMAIN.matcher(domain).matches()
        || !PATH.matcher(path).matches()
        || domain.length() + 1 + path.length() > MAX_LENGTH
        || tag.filter(t -> !TAG.matcher(t).matches()).isPresent()) {
      throw invalid(text);
    }
    digest.ifPresent(Digest::parse);
    if (digest.isPresent()) {
      // As Docker: a digest says all, a tag beside it could only contradict it.
      tag = Optional.empty();
    } else if (tag.isEmpty()) {
      tag = Optional.of("latest");
    }
    return new ImageName(domain, path, tag, digest);
  }

  /**
   * Returns whether {@code text} is to be read as a full name: anything with a slash, a colon or an
   * at sign. Everything else is a bare tag.
   */
  public static boolean isFullName(String text) {
    return text.indexOf('/') >= 0 || text.indexOf(':') >= 0 || text.indexOf('@') >= 0;
  }

  /**
   * Returns the descriptor as the {@code index.json} entry of an image named {@code name}: a full
   * name is written normalised to {@link Annotations#IMAGE_NAME} and its tag to {@link
   * Annotations#REF_NAME}, a bare tag to the latter alone.
   *
   * @throws IllegalArgumentException if {@code name} is neither a name of an image nor a tag
   */
  public static Descriptor annotate(Descriptor descriptor, String name) {
    Map<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
    if (isFullName(name)) {
      ImageName full = parse(name);
      annotations.put(Annotations.IMAGE_NAME, full.toString());
      annotations.put(Annotations.REF_NAME, full.tag().orElse(full.toString()));
    } else if (TAG.matcher(name).matches()) {
      annotations.remove(Annotations.IMAGE_NAME);
      annotations.put(Annotations.REF_NAME, name);
    } else {
      throw invalid(name);
    }
    return descriptor.withAnnotations(annotations);
  }

  /** Returns the name as Docker shows it: without the parts that it adds by itself. */
  public String familiar() {
    String shortPath =
        path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0
            ? path.substring(OFFICIAL.length())
            : path;
    String repository = domain.equals(DEFAULT_DOMAIN) ? shortPath : domain + "/" + path;
    return repository + suffix();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }

  /** Returns the normalised name. */
  @Override
  public String toString() {
    return domain + "/" + path + suffix();
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "image name '%s' is not valid: expected [registry/]repository[:tag] in lower case, or a tag"
            .formatted(Excerpt.of(text)));
  }
}
