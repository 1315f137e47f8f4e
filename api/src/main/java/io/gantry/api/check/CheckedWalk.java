package io.gantry.api.check;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Goes to everything that images need and stops at no fault: below a document that cannot be used
 * there is nothing to find, but all the rest is looked at. Documents are read by the thread that
 * walks, other blobs are left to the others meanwhile.
 *
 * <p>Depth and number are bounded as they are for an export.
 */
final class CheckedWalk {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_BLOBS = 250_000;

  private final BlobHasher hasher;
  private final CheckThreads threads;
  private final boolean skipMissing;

  /** In the order of the walk, so that a report does not depend on threads. */
  private final Map<Digest, Map<Claim, Need>> needs = new LinkedHashMap<>();

  private final Map<Digest, List<Fault>> documentFaults = new HashMap<>();
  private final Set<Visit> visited = new HashSet<>();
  private final Map<Digest, Reading> readings = new ConcurrentHashMap<>();
  private int count;

  /** What a descriptor says of a blob; all of them should say the same. */
  private record Claim(long size, boolean mayBeAbsent) {}

  /** A blob may be a leaf by one path and a document by another; only the latter has children. */
  private record Visit(Digest digest, String mediaType) {}

  /**
   * Makes a walk that has not begun.
   *
   * @param skipMissing whether the manifests that an index lists may be absent
   */
  CheckedWalk(BlobHasher hasher, CheckThreads threads, boolean skipMissing) {
    this.hasher = hasher;
    this.threads = threads;
    this.skipMissing = skipMissing;
  }

  /** Looks at one image. */
  void walk(Descriptor root) throws GantryException {
    walk(Need.of(root), 0);
  }

  private void walk(Need need, int depth) throws GantryException {
    if (threads.stopped()) {
      throw CheckThreads.interruption();
    }
    Descriptor blob = need.blob();
    boolean known = isKnown(need);
    if (!MediaTypes.isIndex(blob.mediaType()) && !MediaTypes.isManifest(blob.mediaType())) {
      if (!known) {
        hash(blob);
      }
      return;
    }
    if (!visited.add(new Visit(blob.digest(), blob.mediaType()))) {
      return;
    }
    if (depth > MAX_DEPTH) {
      faulty(need, Fault.Kind.INVALID, "nested more than %d deep".formatted(MAX_DEPTH));
      hash(blob);
      return;
    }
    for (Descriptor child : childrenOf(need)) {
      walk(need.child(child), depth + 1);
    }
  }

  /** Adds a need, and tells whether one of the same blob was there before. */
  private boolean isKnown(Need need) throws GantryException {
    Descriptor blob = need.blob();
    Map<Claim, Need> others = needs.get(blob.digest());
    boolean known = others != null;
    if (others == null) {
      others = new LinkedHashMap<>(2);
      needs.put(blob.digest(), others);
    }
    boolean mayBeAbsent =
        MediaTypes.isNonDistributable(blob.mediaType()) || (skipMissing && need.isOfAnIndex());
    Claim claim = new Claim(blob.size(), mayBeAbsent);
    if (others.putIfAbsent(claim, need) == null) {
      checkNumber();
    }
    return known;
  }

  private void checkNumber() throws GantryException {
    count++;
    if (count > MAX_BLOBS) {
      throw new GantryException(
          Kind.SOURCE_FAILED,
          "more than %d blobs in the images; verify them one by one".formatted(MAX_BLOBS));
    }
  }

  /** Hashes a blob that is nothing but bytes; its faults are told in the end. */
  void hash(Descriptor blob) throws GantryException {
    threads.run(() -> readings.put(blob.digest(), hasher.read(blob, bytes -> {})));
  }

  /** Bare, as the children of every level above are kept while one is walked. */
  private List<Descriptor> childrenOf(Need need) throws GantryException {
    Descriptor blob = need.blob();
    Bytes content = new Bytes();
    Reading reading = hasher.read(blob, content);
    readings.put(blob.digest(), reading);
    if (!reading.digest().equals(Optional.of(blob.digest()))) {
      return List.of();
    }
    if (content.tooMany) {
      faulty(
          need,
          Fault.Kind.INVALID,
          "%d bytes are more than the %d that are read of a manifest or index"
              .formatted(reading.size(), ImageDocument.MAX_BYTES));
      return List.of();
    }
    List<GantryException> embedded = new ArrayList<>();
    List<Descriptor> children = List.of();
    try {
      children =
          ImageDocument.parse(blob, content.kept.toByteArray(), embedded::add).children().stream()
              .map(Descriptor::bare)
              .toList();
    } catch (GantryException e) {
      faulty(need, Fault.Kind.INVALID, detail(blob.digest(), e));
    }
    for (GantryException e : embedded) {
      faulty(need, Fault.Kind.EMBEDDED, detail(blob.digest(), e));
    }
    return children;
  }

  /** The beginning of a document, which is all of it unless it is too large to be one. */
  private static final class Bytes implements Consumer<ByteBuffer> {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean tooMany;

    @Override
    public void accept(ByteBuffer bytes) {
      tooMany |= kept.size() + bytes.remaining() > ImageDocument.MAX_BYTES;
      if (!tooMany) {
        byte[] part = new byte[bytes.remaining()];
        bytes.get(part);
        kept.writeBytes(part);
      }
    }
  }

  /** The complaint without the name of the document, which every fault begins with. */
  private static String detail(Digest document, GantryException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(document + ": ");
    return end < 0 ? message : message.substring(end + document.toString().length() + 2);
  }

  private void faulty(Need need, Fault.Kind kind, String detail) throws GantryException {
    checkNumber();
    Digest blob = need.blob().digest();
    documentFaults
        .computeIfAbsent(blob, digest -> new ArrayList<>())
        .add(new Fault(kind, blob, detail, Optional.of(need.trail())));
  }

  boolean reached(Digest blob) {
    return needs.containsKey(blob);
  }

  /** Returns what came of reading a blob, once all work is done. */
  Reading reading(Digest blob) {
    Reading reading = readings.get(blob);
    if (reading == null) {
      throw new IllegalStateException("%s was not read".formatted(blob));
    }
    return reading;
  }

  /** Returns what came of every blob that was read. */
  Collection<Reading> readings() {
    return readings.values();
  }

  /**
   * Collects what is wrong, once all work is done.
   *
   * @param faults is added to, in the order of the walk
   * @param skipped gets the layers that may be absent and are
   */
  void report(List<Fault> faults, List<Descriptor> skipped) {
    for (Map.Entry<Digest, Map<Claim, Need>> blob : needs.entrySet()) {
      Reading reading = reading(blob.getKey());
      if (reading.missing()) {
        reportMissing(blob.getKey(), reading, blob.getValue(), faults, skipped);
      } else {
        Set<Reading.Failure> told = new HashSet<>();
        blob.getValue()
            .forEach(
                (claim, need) ->
                    reading
                        .faultOf(blob.getKey(), claim.size())
                        .filter(told::add)
                        .ifPresent(end -> faults.add(fault(blob.getKey(), end, need))));
      }
      faults.addAll(documentFaults.getOrDefault(blob.getKey(), List.of()));
    }
  }

  private static void reportMissing(
      Digest blob,
      Reading reading,
      Map<Claim, Need> needs,
      List<Fault> faults,
      List<Descriptor> skipped) {
    for (Map.Entry<Claim, Need> need : needs.entrySet()) {
      if (!need.getKey().mayBeAbsent()) {
        reading.faultOf(blob).ifPresent(end -> faults.add(fault(blob, end, need.getValue())));
        return;
      }
    }
    needs.values().stream().findFirst().ifPresent(need -> skipped.add(need.blob()));
  }

  private static Fault fault(Digest blob, Reading.Failure end, Need need) {
    return new Fault(end.kind(), blob, end.detail(), Optional.of(need.trail()));
  }
}
