package io.gantry.api.export;

import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes one plan: selects, walks, shortens indexes and adds referrers, as the request says. */
final class Planner {
  private final ContentStore source;
  private final ExportRequest request;
  private final IndexChoice choice;

  Planner(ContentStore source, ExportRequest request) {
    this.source = source;
    this.request = request;
    this.choice = IndexChoice.of(request);
  }

  ExportPlan plan() throws IOException {
    List<Descriptor> images = ImageSelector.select(source, request);
    ImageWalker walker = walk(source, images);
    List<MissingImage> missing = new ArrayList<>(walker.missing());
    List<RewrittenIndex> rewritten = List.of();
    ContentStore store = source;
    if (request.rewritesIndex()) {
      IndexRewriter rewriter = new IndexRewriter(source, choice, walker);
      List<Descriptor> shorter = new ArrayList<>();
      for (Descriptor image : images) {
        shorter.add(rewriter.rewrite(image));
      }
      images = shorter;
      rewritten = rewriter.rewritten();
      store = RewrittenStore.over(source, rewritten);
      walker = walk(store, images);
    }
    List<Descriptor> entries = new ArrayList<>(images);
    if (request.referrers().isPresent()) {
      walker.missing().clear();
      entries.addAll(referrers(walker, images));
      missing.addAll(walker.missing());
    }
    return new ExportPlan(
        Index.of(entries),
        walker.blobs(),
        walker.skipped(),
        new RunnableImages(store, request.platforms(), walker).of(images),
        missing,
        rewritten);
  }

  private ImageWalker walk(ContentStore store, List<Descriptor> images) throws IOException {
    ImageWalker walker = new ImageWalker(store, choice, request.skipsMissing());
    for (Descriptor image : images) {
      walker.walk(image);
    }
    return walker;
  }

  /** Finds what refers to what was found, and what refers to that, until there is nothing new. */
  private List<Descriptor> referrers(ImageWalker walker, List<Descriptor> images)
      throws IOException {
    Referrers offered = Referrers.in(source, ReferrerTypes.of(request));
    Set<Digest> published = new HashSet<>();
    images.forEach(image -> published.add(image.digest()));
    List<Descriptor> entries = new ArrayList<>();
    // The list grows while it is gone through.
    for (int i = 0; i < walker.visits().size(); i++) {
      Digest subject = walker.visits().get(i).digest();
      for (Descriptor referrer : offered.of(subject)) {
        if (published.add(referrer.digest()) && walker.walkReferrer(referrer, subject)) {
          entries.add(referrer);
        }
      }
    }
    return entries;
  }
}
