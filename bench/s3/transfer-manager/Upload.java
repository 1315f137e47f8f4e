import java.nio.file.Path;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.CompletedDirectoryUpload;

/** Uploads a folder with the SDK's transfer manager: {@code Upload FOLDER BUCKET PREFIX}. */
final class Upload {
  public static void main(String[] arguments) {
    try (S3AsyncClient client =
            S3AsyncClient.builder().forcePathStyle(true).multipartEnabled(true).build();
        S3TransferManager manager = S3TransferManager.builder().s3Client(client).build()) {
      CompletedDirectoryUpload done =
          manager
              .uploadDirectory(
                  upload ->
                      upload
                          .source(Path.of(arguments[0]))
                          .bucket(arguments[1])
                          .s3Prefix(arguments[2]))
              .completionFuture()
              .join();
      done.failedTransfers().forEach(System.err::println);
      if (!done.failedTransfers().isEmpty()) {
        System.exit(1);
      }
    }
  }
}
