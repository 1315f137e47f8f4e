package io.gantry.api.provider;

import static java.util.Objects.requireNonNull;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Digest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A source or a target as a user writes it: {@code SCHEME:PATH}, {@code SCHEME:PATH:NAME} or {@code
 * SCHEME:PATH@DIGEST}. The name begins at the first colon after the scheme, as skopeo has it; in a
 * path that begins with {@code //} the colon of a port does not count. There is no query, no
 * fragment and no percent-decoding.
 *
 * @param scheme what decides the driver or store, in lower case
 * @param path where the carrier is; what it means is the driver's affair
 * @param name the image within the carrier, a tag or a full name
 * @param digest the image within the carrier by its digest
 */
public record Location(String scheme, String path, Optional<String> name, Optional<Digest> digest) {

  private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9+.-]+):(.*)", Pattern.DOTALL);
  private static final Pattern AUTHORITY = Pattern.compile("//[^/]*");
  private static final Pattern DIGEST_SUFFIX =
      Pattern.compile("([^:]*)@([a-z0-9][a-z0-9+._-]*:.*)", Pattern.DOTALL);

  /** Checks that no part is null. */
  public Location {
    requireNonNull(scheme, "scheme");
    requireNonNull(path, "path");
    requireNonNull(name, "name");
    requireNonNull(digest, "digest");
  }

  /**
   * Parses a source or a target.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if the text has another form
   */
  public static Location parse(String text) throws GantryException {
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text, "has no scheme: write dir: or tar: before it, for example");
    }
    String scheme = matcher.group(1);
    String rest = matcher.group(2);
    Matcher authority = AUTHORITY.matcher(rest);
    int start = authority.lookingAt() ? authority.end() : 0;
    String tail = rest.substring(start);
    String path;
    Optional<String> name = Optional.empty();
    Optional<Digest> digest = Optional.empty();
    Matcher digested = DIGEST_SUFFIX.matcher(tail);
    int colon = tail.indexOf(':');
    if (digested.matches()) {
      path = digested.group(1);
      try {
        digest = Optional.of(Digest.parse(digested.group(2)));
      } catch (IllegalArgumentException e) {
        throw new GantryException(
            Kind.INVALID_ARGUMENT, "'%s': %s".formatted(text, e.getMessage()), e);
      }
    } else if (colon >= 0) {
      path = tail.substring(0, colon);
      name = Optional.of(tail.substring(colon + 1));
    } else {
      path = tail;
    }
    path = rest.substring(0, start) + path;
    if (path.isEmpty()) {
      throw invalid(text, "has an empty path");
    }
    if (name.isPresent() && name.get().isEmpty()) {
      throw invalid(text, "has an empty name after its last colon");
    }
    return new Location(scheme, path, name, digest);
  }

  /**
   * Returns the path for carriers that are files or folders.
   *
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if it cannot be a path here
   */
  public Path asPath() throws GantryException {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new GantryException(
          Kind.INVALID_ARGUMENT, "'%s' is not a path: %s".formatted(this, e.getReason()), e);
    }
  }

  /** Returns what the user typed. */
  @Override
  public String toString() {
    return scheme
        + ":"
        + path
        + name.map(n -> ":" + n).orElse("")
        + digest.map(d -> "@" + d).orElse("");
  }

  private static GantryException invalid(String text, String complaint) {
    return new GantryException(Kind.INVALID_ARGUMENT, "'" + text + "' " + complaint);
  }
}
