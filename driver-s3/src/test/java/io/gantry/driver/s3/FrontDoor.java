package io.gantry.driver.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands before an S3 service: hands requests on as they are, so that their signatures hold, counts
 * them, and does to some of them what networks and services do.
 *
 * <p>Writes to one key pass one at a time, as s3proxy checks If-Match and writes in two steps: with
 * eight racing writers it loses updates, which the services that users have do not.
 */
final class FrontDoor implements Closeable {
  /** What becomes of a request. */
  interface Fate {
    /** The service gets it and its answer arrives. */
    Fate PASSED = (request, door) -> door.forward(request, Integer.MAX_VALUE);

    /** The service gets it and its answer does not arrive. */
    Fate ANSWER_LOST = (request, door) -> door.forward(request, 0);

    /** The connection breaks before the service gets anything. */
    Fate RESET =
        (request, door) -> {
          request.client.setSoLinger(true, 0);
          request.client.close();
        };

    /** All of the answer arrives but its last byte. */
    Fate LAST_BYTE_LOST =
        (request, door) -> {
          byte[] answer = door.answer(request);
          request.client.getOutputStream().write(answer, 0, answer.length - 1);
        };

    /** Nothing comes back, until the client gives up. */
    Fate STALLED =
        (request, door) -> {
          request.body();
          if (request.client.getInputStream().read() >= 0) {
            throw new IOException("the client went on talking");
          }
        };

    void befall(Request request, FrontDoor door) throws IOException;

    /** The connection breaks after some bytes of the answer, its head included. */
    static Fate cutAfter(int bytes) {
      return (request, door) -> door.forward(request, bytes);
    }

    /** The service gets it, and a header of its answer is lost. */
    static Fate answeredWithout(String header) {
      return (request, door) -> {
        String answer = new String(door.answer(request), ISO_8859_1);
        request
            .client
            .getOutputStream()
            .write(answer.replaceFirst("(?i)\r\n" + header + ":[^\r]*", "").getBytes(ISO_8859_1));
      };
    }

    /** Another answer than the service would give, which gets nothing. */
    static Fate answered(int status, String code) {
      return answered(status, code, Map.of());
    }

    static Fate answered(int status, String code, Map<String, String> headers) {
      return (request, door) -> {
        String body =
            code.isEmpty() || request.method.equals("HEAD")
                ? ""
                : "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>told to\n say so</Message><RequestId>1</RequestId></Error>"
                    .formatted(code);
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", "application/xml");
        answered(status, all, body.getBytes(UTF_8)).befall(request, door);
      };
    }

    /** Another answer with this body, of which no length is said if the headers say one. */
    static Fate answered(int status, Map<String, String> headers, byte[] body) {
      return (request, door) -> {
        request.body();
        StringBuilder head = new StringBuilder("HTTP/1.1 %d Told\r\n".formatted(status));
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        if (!headers.containsKey("Content-Length")) {
          head.append("Content-Length: " + body.length + "\r\n");
        }
        head.append("Connection: close\r\n\r\n");
        OutputStream out = request.client.getOutputStream();
        out.write(head.toString().getBytes(UTF_8));
        out.write(body);
      };
    }
  }

  /** One request, of which the head has been read. */
  static final class Request {
    private final Socket client;
    private final InputStream in;
    private final String head;
    private byte @Nullable [] body;
    final String method;
    final String path;
    final String query;

    private Request(Socket client, InputStream in, String head) {
      this.client = client;
      this.in = in;
      this.head = head;
      String[] line = head.substring(0, head.indexOf('\r')).split(" ", -1);
      this.method = line[0];
      int mark = line[1].indexOf('?');
      this.path = mark < 0 ? line[1] : line[1].substring(0, mark);
      this.query = mark < 0 ? "" : line[1].substring(mark + 1);
    }

    /** Returns a header, or nothing. */
    String header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .findFirst()
          .orElse("");
    }

    /** Returns the body, which is read when it is first asked for. */
    synchronized byte[] body() throws IOException {
      if (body == null) {
        String length = header("Content-Length");
        body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
      }
      return body;
    }

    boolean isWrite() {
      return method.equals("PUT") || method.equals("POST");
    }

    boolean isOf(String method, String end) {
      return this.method.equals(method) && path.endsWith(end);
    }

    @Override
    public String toString() {
      return method + " " + path + (query.isEmpty() ? "" : "?" + query);
    }
  }

  private final InetSocketAddress service;
  private final ServerSocket door;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Object> locks = new ConcurrentHashMap<>();
  private volatile Function<Request, Fate> fates = request -> Fate.PASSED;

  FrontDoor(URI service) throws IOException {
    this.service = new InetSocketAddress(service.getHost(), service.getPort());
    this.door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    start(
        () -> {
          while (true) {
            Socket client = door.accept();
            start(() -> serve(client));
          }
        });
  }

  private interface Job {
    void run() throws IOException;
  }

  private static void start(Job job) {
    Thread thread =
        new Thread(
            () -> {
              try {
                job.run();
              } catch (IOException closed) {
                // Clients and services go away; the tests look at what that leads to.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** Decides what becomes of requests from now on. */
  void fates(Function<Request, Fate> fates) {
    this.fates = fates;
  }

  /** Lets everything pass again, and forgets what did. */
  void reset() {
    fates = request -> Fate.PASSED;
    requests.clear();
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  long count(Predicate<Request> which) {
    return requests.stream().filter(which).count();
  }

  private void serve(Socket client) throws IOException {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      Request request = new Request(client, in, readHead(in));
      requests.add(request);
      Fate fate = fates.apply(request);
      if (request.isWrite()) {
        synchronized (locks.computeIfAbsent(request.path, path -> new Object())) {
          fate.befall(request, this);
        }
      } else {
        fate.befall(request, this);
      }
    }
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      head.write(next);
      // The ends of lines are all that a head can end with.
      while (next != '\n') {
        next = in.read();
        if (next < 0) {
          throw new EOFException();
        }
        head.write(next);
      }
    }
    return head.toString(ISO_8859_1);
  }

  /** Hands a request on, and some of the answer back. */
  void forward(Request request, int answerBytes) throws IOException {
    try (Socket upstream = send(request)) {
      InputStream answer = upstream.getInputStream();
      OutputStream back = request.client.getOutputStream();
      byte[] buffer = new byte[64 * 1024];
      int left = answerBytes;
      for (int count; (count = answer.read(buffer)) >= 0; ) {
        int passed = Math.min(count, left);
        back.write(buffer, 0, passed);
        left -= passed;
      }
    }
  }

  /** Hands a request on, and returns the answer. */
  private byte[] answer(Request request) throws IOException {
    try (Socket upstream = send(request)) {
      return upstream.getInputStream().readAllBytes();
    }
  }

  private Socket send(Request request) throws IOException {
    byte[] body = request.body();
    Socket upstream = new Socket(service.getAddress(), service.getPort());
    String head =
        request
            .head
            .replaceAll("(?im)^connection:.*\r\n", "")
            .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
    OutputStream out = upstream.getOutputStream();
    out.write(head.getBytes(ISO_8859_1));
    out.write(body);
    out.flush();
    return upstream;
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
