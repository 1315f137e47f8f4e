package io.gantry.testkit;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.ReachableBlobs;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ways in which what looks after a target can break the rules P, each with the rules that it
 * must fail: exactly these and no other.
 */
enum LayoutFlaw {
  NONE,

  OPENS_WHAT_IS_NOT_THERE("P1") {
    @Override
    Layout open(InMemoryPlace place) throws IOException {
      if (place.published().isEmpty()) {
        place.publish(new InMemoryStore());
        Layout layout = super.open(place);
        place.clear();
        return layout;
      }
      return super.open(place);
    }
  },

  REMOVES_AND_TELLS_NOTHING("P2") {
    @Override
    List<Descriptor> remove(Layout sound, Removal removal) throws IOException {
      sound.remove(removal);
      return List.of();
    }
  },

  // There is nothing left to prune then.
  REMOVES_BLOBS_WITH_THE_ENTRY("P2", "P4", "P5", "P6", "P7") {
    @Override
    List<Descriptor> remove(Layout sound, Removal removal) throws IOException {
      List<Descriptor> gone = sound.remove(removal);
      sound.prune(new PruneOptions(Duration.ZERO, false));
      return gone;
    }
  },

  REMOVES_WHAT_IT_FINDS("P3") {
    @Override
    List<Descriptor> remove(Layout sound, Removal removal) throws IOException {
      List<Descriptor> gone = new ArrayList<>();
      for (String name : removal.names()) {
        gone.addAll(sound.remove(new Removal(List.of(name), List.of())));
      }
      return gone;
    }
  },

  PRUNES_NOTHING("P4") {
    @Override
    PruneReport prune(Layout sound, InMemoryPlace place, PruneOptions options) throws IOException {
      return sound.prune(new PruneOptions(options.grace(), true));
    }
  },

  PRUNES_IN_A_DRY_RUN("P5") {
    @Override
    PruneReport prune(Layout sound, InMemoryPlace place, PruneOptions options) throws IOException {
      return sound.prune(new PruneOptions(options.grace(), false));
    }
  },

  HAS_NO_GRACE("P6") {
    @Override
    PruneReport prune(Layout sound, InMemoryPlace place, PruneOptions options) throws IOException {
      return sound.prune(new PruneOptions(Duration.ZERO, options.dryRun()));
    }
  },

  KEEPS_NO_MORE_THAN_IT_CAN_READ("P7") {
    @Override
    PruneReport prune(Layout sound, InMemoryPlace place, PruneOptions options) throws IOException {
      try {
        return sound.prune(options);
      } catch (GantryException e) {
        if (e.kind() == Kind.CONTENT_MISMATCH) {
          Set<Digest> entries = new HashSet<>();
          place.published().orElseThrow().roots().forEach(root -> entries.add(root.digest()));
          keepOnly(entries, place);
        }
        throw e;
      }
    }
  },

  PRUNES_BESIDE_AN_EXPORT("P8") {
    @Override
    PruneReport prune(Layout sound, InMemoryPlace place, PruneOptions options) throws IOException {
      try {
        return sound.prune(options);
      } catch (GantryException e) {
        if (e.kind() == Kind.TARGET_FAILED) {
          InMemoryStore store = place.published().orElseThrow();
          keepOnly(ReachableBlobs.of(store, store.roots()), place);
        }
        throw e;
      }
    }
  };

  private final String breaks;

  LayoutFlaw(String... breaks) {
    this.breaks = String.join(" ", breaks);
  }

  /** Returns the numbers of the rules that a layout with this flaw must fail. */
  Set<String> breaks() {
    return breaks.isEmpty() ? Set.of() : Set.of(breaks.split(" ", -1));
  }

  Layout open(InMemoryPlace place) throws IOException {
    Layout sound = new InMemoryLayout(place);
    return new Layout() {
      @Override
      public List<Descriptor> remove(Removal removal) throws IOException {
        return LayoutFlaw.this.remove(sound, removal);
      }

      @Override
      public PruneReport prune(PruneOptions options) throws IOException {
        return LayoutFlaw.this.prune(sound, place, options);
      }

      @Override
      public void close() throws IOException {
        sound.close();
      }
    };
  }

  List<Descriptor> remove(Layout sound, Removal removal) throws IOException {
    return sound.remove(removal);
  }

  PruneReport prune(Layout sound, InMemoryPlace place, PruneOptions options) throws IOException {
    return sound.prune(options);
  }

  static void keepOnly(Set<Digest> blobs, InMemoryPlace place) {
    InMemoryStore store = place.published().orElseThrow();
    store.digests().stream().filter(digest -> !blobs.contains(digest)).forEach(store::remove);
  }
}
