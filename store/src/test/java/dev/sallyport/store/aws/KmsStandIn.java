package dev.sallyport.store.aws;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// As much of KMS as Sallyport uses, by its API reference: Ed25519 keys with aliases, one symmetric key
/// (`alias/data`) with encryption contexts, and one HMAC key (`alias/urls`).
public final class KmsStandIn extends StandIn {

    private static final int MOST_BYTES = 4_096;
    private static final int NONCE = 12;

    private final Map<String, KeyPair> pairs = new ConcurrentHashMap<>();
    private final Map<String, String> aliases = new ConcurrentHashMap<>();
    private final byte[] data = random(32);
    private final byte[] urls = random(32);

    public KmsStandIn serving() {
        serveThisProcess("Kms");
        return this;
    }

    /// The service refuses; the first is the exception's name.
    private static final class Refused extends Exception {

        private static final long serialVersionUID = 1;

        private final String type;

        Refused(String type) {
            super(type);
            this.type = type;
        }
    }

    @Override
    void serve(HttpExchange exchange) throws IOException {
        var action = exchange.getRequestHeaders().getFirst("X-Amz-Target").replace("TrentService.", "");
        var request = JsonNode.parser().parse(exchange.getRequestBody());
        asked("kms:" + action);
        try {
            answer(exchange, 200, json(answer(action, request)));
        } catch (Refused e) {
            answer(exchange, 400, "{\"__type\":\"" + e.type + "\",\"message\":\"refused\"}");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        answer(exchange, status, "application/x-amz-json-1.1", json.getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, String> answer(String action, JsonNode request) throws Refused, GeneralSecurityException {
        return switch (action) {
            case "CreateKey" -> create(request);
            case "CreateAlias" -> alias(request);
            case "GetPublicKey" ->
                Map.of("PublicKey", base64(pair(request).getPublic().getEncoded()), "KeySpec", "ECC_NIST_EDWARDS25519");
            case "Sign" -> sign(request);
            case "GenerateDataKey" -> dataKey(request);
            case "Decrypt" -> decrypt(request);
            case "GenerateMac" -> mac(request);
            default -> throw new Refused("UnknownOperationException");
        };
    }

    private Map<String, String> create(JsonNode request) throws Refused, GeneralSecurityException {
        if (!text(request, "KeySpec").equals("ECC_NIST_EDWARDS25519")
                || !text(request, "KeyUsage").equals("SIGN_VERIFY")) {
            throw new Refused("ValidationException");
        }
        var id = "key-" + pairs.size();
        pairs.put(id, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        return Map.of("KeyMetadata", "{\"KeyId\":\"" + id + "\"}");
    }

    private Map<String, String> alias(JsonNode request) throws Refused {
        if (aliases.putIfAbsent(text(request, "AliasName"), text(request, "TargetKeyId")) != null) {
            throw new Refused("AlreadyExistsException");
        }
        return Map.of();
    }

    private KeyPair pair(JsonNode request) throws Refused {
        var id = aliases.get(text(request, "KeyId"));
        var pair = id == null ? null : pairs.get(id);
        if (pair == null) {
            throw new Refused("NotFoundException");
        }
        return pair;
    }

    private Map<String, String> sign(JsonNode request) throws Refused, GeneralSecurityException {
        var message = bytes(request, "Message");
        if (message.length > MOST_BYTES
                || !text(request, "MessageType").equals("RAW")
                || !text(request, "SigningAlgorithm").equals("ED25519_SHA_512")) {
            throw new Refused("ValidationException");
        }
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(pair(request).getPrivate());
        signature.update(message);
        return Map.of("Signature", base64(signature.sign()));
    }

    private Map<String, String> dataKey(JsonNode request) throws Refused, GeneralSecurityException {
        if (!text(request, "KeyId").equals("alias/data")) {
            throw new Refused("NotFoundException");
        }
        var key = random(32);
        var nonce = random(NONCE);
        var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, request).doFinal(key);
        var blob = Arrays.copyOf(nonce, NONCE + sealed.length);
        System.arraycopy(sealed, 0, blob, NONCE, sealed.length);
        return Map.of("Plaintext", base64(key), "CiphertextBlob", base64(blob));
    }

    private Map<String, String> decrypt(JsonNode request) throws Refused, GeneralSecurityException {
        var blob = bytes(request, "CiphertextBlob");
        if (!text(request, "KeyId").equals("alias/data")) {
            throw new Refused("IncorrectKeyException");
        }
        if (blob.length < NONCE + 16) {
            throw new Refused("InvalidCiphertextException");
        }
        try {
            var plain = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(blob, NONCE), request)
                    .doFinal(blob, NONCE, blob.length - NONCE);
            return Map.of("Plaintext", base64(plain));
        } catch (AEADBadTagException e) {
            throw new Refused("InvalidCiphertextException");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, JsonNode request) throws GeneralSecurityException {
        var context = new TreeMap<String, String>();
        request.field("EncryptionContext")
                .ifPresent(node -> node.asObject().forEach((name, value) -> context.put(name, value.asString())));
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(data, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(context.toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private Map<String, String> mac(JsonNode request) throws Refused, GeneralSecurityException {
        if (!text(request, "KeyId").equals("alias/urls")
                || !text(request, "MacAlgorithm").equals("HMAC_SHA_256")) {
            throw new Refused("NotFoundException");
        }
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(urls, "HmacSHA256"));
        return Map.of("Mac", base64(mac.doFinal(bytes(request, "Message"))));
    }

    private static String json(Map<String, String> fields) {
        var json = new StringBuilder("{");
        fields.forEach((name, value) -> json.append(json.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(value.startsWith("{") ? value : '"' + value + '"'));
        return json.append('}').toString();
    }

    private static String text(JsonNode request, String field) {
        return request.field(field).map(JsonNode::asString).orElse("");
    }

    private static byte[] bytes(JsonNode request, String field) {
        return Base64.getDecoder().decode(text(request, field));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
