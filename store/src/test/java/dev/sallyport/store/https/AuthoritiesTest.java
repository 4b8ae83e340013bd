package dev.sallyport.store.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/// `amazon-roots.pem` is what the JDK that builds this has of Amazon's roots. Run with `-Damazon.roots=write` to write
/// it anew.
final class AuthoritiesTest {

    private static final Path FILE =
            Path.of("src", "main", "resources", "dev", "sallyport", "store", "https", "amazon-roots.pem");

    /// SHA-256, as Amazon Trust Services publishes them (amazontrust.com/repository).
    private static final List<String> FINGERPRINTS = List.of(
            "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
            "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
            "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
            "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5");

    @TempDir
    private Path folder;

    @Test
    void theFileHoldsAmazonsRootsAsTheJdkHasThemAndNoOther() throws Exception {
        var all = new TreeMap<String, X509Certificate>();
        for (var one : ofTheJdk()) {
            all.put(fingerprint(one), one);
        }
        var pem = new StringBuilder();
        for (var wanted : FINGERPRINTS) {
            var root = all.get(wanted);
            assertThat(root).as("the JDK has no root " + wanted).isNotNull();
            if (root != null) {
                root.checkValidity();
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(root.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
        }
        if ("write".equals(System.getProperty("amazon.roots"))) {
            Files.writeString(FILE, pem);
        }
        assertThat(Files.readString(FILE)).isEqualTo(pem.toString());

        var read = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(FILE)));
        var fingerprints = new ArrayList<String>();
        for (var one : read) {
            fingerprints.add(fingerprint(one));
        }
        assertThat(fingerprints).isEqualTo(FINGERPRINTS);
    }

    /// Whichever is chosen: a server that nobody vouches for gets no request.
    @Test
    void aServerOfAnotherAuthorityIsNotBelieved() throws Exception {
        try (var server = server()) {
            for (var authorities : Authorities.values()) {
                var seen = Thread.ofVirtual().unstarted(() -> {
                    try (var socket = server.accept()) {
                        socket.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException refused) {
                        // which is what is asked for
                    }
                });
                seen.start();
                try (var client = authorities.client().build()) {
                    var request = SdkHttpRequest.builder()
                            .method(SdkHttpMethod.GET)
                            .uri(URI.create("https://localhost:" + server.getLocalPort() + "/"))
                            .build();
                    var call = client.prepareRequest(
                            HttpExecuteRequest.builder().request(request).build());
                    assertThatThrownBy(call::call).as("%s", authorities).isInstanceOf(SSLException.class);
                }
                assertThat(seen.join(java.time.Duration.ofSeconds(30))).isTrue();
            }
        }
    }

    private SSLServerSocket server() throws Exception {
        var file = folder.resolve("server.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
        var keys = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getByName("localhost"));
    }

    private static List<X509Certificate> ofTheJdk() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(one -> Arrays.stream(((X509TrustManager) one).getAcceptedIssuers()))
                .toList();
    }

    private static String fingerprint(Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
