// java.net.http.HttpClient as an order tells it; the order comes as name=value lines.
import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

public class JavaPost {
    public static void main(String[] args) throws Exception {
        Map<String, String> order = new HashMap<>();
        for (String line : new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
            int at = line.indexOf('=');
            if (at > 0) {
                order.put(line.substring(0, at), line.substring(at + 1));
            }
        }
        try {
            System.out.println("{\"status\": " + send(order) + ", \"error\": \"\"}");
        } catch (Exception fault) {
            String said = fault.toString().replace("\\", "").replace("\"", "'").replace("\n", " ");
            System.out.println("{\"status\": null, \"error\": \"" + said + "\"}");
        }
        System.exit(0);
    }

    static int send(Map<String, String> order) throws Exception {
        Duration limit = Duration.ofMillis((long) (Double.parseDouble(order.get("seconds")) * 1000));
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(
            order.get("tls").equals("1.2") ? new String[] {"TLSv1.2"} : new String[] {"TLSv1.3", "TLSv1.2"});
        HttpClient client = HttpClient.newBuilder()
            .sslContext(context(order)).sslParameters(parameters).connectTimeout(limit).build();
        URI url = URI.create(order.get("url"));
        if (order.get("head_first").equals("true")) {
            client.send(HttpRequest.newBuilder(url).timeout(limit)
                .method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.discarding());
        }
        byte[] body = new byte[Integer.parseInt(order.get("size"))];
        HttpRequest request = HttpRequest.newBuilder(url).timeout(limit)
            .expectContinue(order.get("expect").equals("true")).POST(BodyPublishers.ofByteArray(body)).build();
        // Not send(): with expectContinue a final answer that has a body hangs it past every timeout (JDK-8286171).
        return client.sendAsync(request, BodyHandlers.discarding())
            .get(limit.toMillis(), TimeUnit.MILLISECONDS).statusCode();
    }

    static SSLContext context(Map<String, String> order) throws Exception {
        char[] phrase = order.get("pfx_password").toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (FileInputStream file = new FileInputStream(order.get("pfx"))) {
            keys.load(file, phrase);
        }
        KeyManagerFactory mine = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        mine.init(keys, phrase);
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (FileInputStream file = new FileInputStream(order.get("ca"))) {
            trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory theirs = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        theirs.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(mine.getKeyManagers(), theirs.getTrustManagers(), null);
        return context;
    }
}
