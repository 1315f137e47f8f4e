import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import java.nio.file.Path;

/** Builds the image of an archive anew into another: {@code JibCopy ARCHIVE ARCHIVE NAME CACHE}. */
final class JibCopy {
  public static void main(String[] arguments) throws Exception {
    Path cache = Path.of(arguments[3]);
    Jib.from(TarImage.at(Path.of(arguments[0])))
        .setFormat(ImageFormat.OCI)
        .containerize(
            Containerizer.to(TarImage.at(Path.of(arguments[1])).named(arguments[2]))
                .setOfflineMode(true)
                .setBaseImageLayersCache(cache.resolve("base"))
                .setApplicationLayersCache(cache.resolve("application")));
  }
}
