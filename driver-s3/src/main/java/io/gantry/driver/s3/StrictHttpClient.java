package io.gantry.driver.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Sees to two things that the client beneath leaves alone. An answer that ends too early is a
 * failure of the request, which the SDK tries again, and not an answer that lacks something. And
 * who interrupts a thread that waits for a service need not wait for the service.
 */
final class StrictHttpClient implements SdkHttpClient {
  /** A page of a listing has a thousand keys, of up to a KiB each, some of it escaped. */
  private static final int MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

  /** Something that ends with the end of the element that it began with, after a declaration. */
  private static final Pattern DOCUMENT =
      Pattern.compile("\\s*(?:<\\?[^>]*>\\s*)?<([A-Za-z]+)[\\s>].*</\\1>\\s*", Pattern.DOTALL);

  private final SdkHttpClient client;

  StrictHttpClient(SdkHttpClient client) {
    this.client = client;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Call(request.httpRequest(), client.prepareRequest(request));
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }

  /**
   * A request under way: a channel, which Java closes when the thread that waits is interrupted.
   */
  private static final class Call extends AbstractInterruptibleChannel
      implements ExecutableHttpRequest {
    private final SdkHttpRequest request;
    private final ExecutableHttpRequest call;

    Call(SdkHttpRequest request, ExecutableHttpRequest call) {
      this.request = request;
      this.call = call;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      boolean answered = false;
      begin();
      try {
        HttpExecuteResponse answer = checked(call.call());
        answered = true;
        return answer;
      } finally {
        end(answered);
      }
    }

    private HttpExecuteResponse checked(HttpExecuteResponse answer) throws IOException {
      SdkHttpResponse head = answer.httpResponse();
      if (head.isSuccessful() && !isDocument() && !isFramed(head)) {
        call.abort();
        throw new EOFException("the answer ended in its head");
      }
      @Nullable AbortableInputStream body = answer.responseBody().orElse(null);
      if (body == null) {
        return answer;
      }
      // The SDK would tell of a cut document that it is none, and not try again; the bytes of
      // objects have readers that know how many there must be.
      InputStream whole =
          head.isSuccessful() && !isDocument()
              ? new Body(body)
              : new ByteArrayInputStream(document(head, body));
      return HttpExecuteResponse.builder()
          .response(head)
          .responseBody(AbortableInputStream.create(whole, body))
          .build();
    }

    /** Whether what is asked for is said in XML. */
    private boolean isDocument() {
      return request.method() == SdkHttpMethod.POST
          || (request.method() == SdkHttpMethod.GET && request.numRawQueryParameters() > 0);
    }

    /** Whether the head says where the answer ends; the client takes a cut one for a whole one. */
    private static boolean isFramed(SdkHttpResponse head) {
      return head.statusCode() == 204
          || head.firstMatchingHeader("Content-Length").isPresent()
          || head.firstMatchingHeader("Transfer-Encoding").isPresent();
    }

    private static byte[] document(SdkHttpResponse head, InputStream body) throws IOException {
      byte[] document;
      try (body) {
        document = body.readNBytes(MAX_DOCUMENT_BYTES);
      }
      // It may be one that ends with the connection, wherever that breaks.
      if (head.isSuccessful() && !DOCUMENT.matcher(new String(document, UTF_8)).matches()) {
        throw new EOFException("the answer ended after %d bytes".formatted(document.length));
      }
      return document;
    }

    @Override
    public void abort() {
      call.abort();
    }

    @Override
    protected void implCloseChannel() {
      call.abort();
    }

    private final class Body extends FilterInputStream {
      Body(InputStream body) {
        super(body);
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        boolean done = false;
        begin();
        try {
          int count = super.read(bytes, offset, length);
          done = true;
          return count;
        } finally {
          end(done);
        }
      }
    }
  }
}
