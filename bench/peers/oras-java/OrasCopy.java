import java.nio.file.Path;
import land.oras.CopyUtils;
import land.oras.LayoutRef;
import land.oras.OCILayout;

/** Copies the image {@code latest} with oras-java: {@code OrasCopy LAYOUT LAYOUT}. */
final class OrasCopy {
  public static void main(String[] arguments) {
    OCILayout source = OCILayout.fromLayoutIndex(Path.of(arguments[0]));
    OCILayout target = OCILayout.builder().defaults(Path.of(arguments[1])).build();
    int code = 1;
    try {
      CopyUtils.copy(
          source,
          LayoutRef.of(source, "latest"),
          target,
          LayoutRef.of(target, "latest"),
          CopyUtils.CopyOptions.shallow());
      code = 0;
    } catch (RuntimeException e) {
      e.printStackTrace();
    }
    // The threads of the layouts would not let it end.
    System.exit(code);
  }
}
