package dev.sallyport.agent.secrets;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sallyport.agent.secrets.Secrets.Unresolved;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Two services of AWS that keep secrets, by their JSON protocols: Secrets Manager's `GetSecretValue` and Systems
/// Manager's `GetParameter`.
///
/// - `aws-secret:NAME` or `aws-secret:ARN`, with `#KEY` for one key of a secret that is an object of JSON
/// - `aws-parameter:NAME`, decrypted
///
/// The region is the ARN's, or else the agent's (`AWS_REGION`).
final class AwsStore implements SecretStore {

    /// Which service.
    enum Service {
        SECRETS("secretsmanager", "secretsmanager.GetSecretValue"),
        PARAMETERS("ssm", "AmazonSSM.GetParameter");

        private final String name;
        private final String target;

        Service(String name, String target) {
            this.name = name;
            this.target = target;
        }
    }

    private final Service service;
    private final AwsSigning signing;
    private final Optional<String> region;
    private final Optional<URI> endpoint;
    private final StoreClient client;

    /// @param endpoint where the service is; none: AWS's own of the region
    AwsStore(Service service, AwsSigning signing, Optional<String> region, Optional<URI> endpoint, StoreClient client) {
        this.service = service;
        this.signing = signing;
        this.region = region;
        this.endpoint = endpoint;
        this.client = client;
    }

    @Override
    public Fetched fetch(String rest) throws Unresolved, StoreOut, InterruptedException {
        return switch (service) {
            case SECRETS -> {
                int hash = rest.lastIndexOf('#');
                var name = hash > 0 ? rest.substring(0, hash) : rest;
                var value = value(name, "SecretId", "SecretString");
                yield Fetched.of(hash > 0 ? key(value, rest.substring(hash + 1)) : value);
            }
            case PARAMETERS -> Fetched.of(value(rest, "Name", "Parameter", "Value"));
        };
    }

    private String value(String name, String field, String... path) throws Unresolved, StoreOut, InterruptedException {
        if (name.isBlank() || name.length() > 2_048 || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new Unresolved("a secret of this connection is in AWS, under a name that is none");
        }
        var where = region(name);
        var body = new JsonObject();
        body.addProperty(field, name);
        if (service == Service.PARAMETERS) {
            body.addProperty("WithDecryption", true);
        }
        var bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        var uri = endpoint.orElseGet(() -> URI.create("https://" + service.name + "." + where + ".amazonaws.com/"));
        var headers = signing.headers(service.name, where, uri, service.target, bytes);
        var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(bytes));
        headers.forEach(request::setHeader);
        var answer = client.ask(request);
        if (answer.status() == 200) {
            return answer.text(path)
                    .orElseThrow(() -> new Unresolved("a secret that this connection names in AWS is no text"));
        }
        var type = answer.text("__type").orElse("");
        if (type.endsWith("ResourceNotFoundException") || type.endsWith("ParameterNotFound")) {
            throw new Unresolved("a secret that this connection names is not in AWS");
        }
        if (type.endsWith("ThrottlingException") || type.endsWith("InternalServiceError")) {
            throw new StoreOut("AWS answered with an error of its own");
        }
        throw new Unresolved("AWS does not let this connection's agent read a secret that it names");
    }

    /// An ARN has its region in its fourth part.
    private String region(String name) throws Unresolved {
        var parts = name.split(":", 6);
        if (parts.length >= 5 && parts[0].equals("arn") && parts[3].matches("[a-z0-9-]{1,32}")) {
            return parts[3];
        }
        return region.orElseThrow(() -> new Unresolved("a secret of this connection is in AWS, and its agent knows no"
                + " region: set AWS_REGION there, or name the secret by its ARN"));
    }

    private static String key(String value, String key) throws Unresolved {
        try {
            var object = JsonParser.parseString(value);
            if (object.isJsonObject()) {
                var found =
                        Optional.ofNullable(object.getAsJsonObject().get(key)).filter(JsonElement::isJsonPrimitive);
                if (found.isPresent()) {
                    return found.get().getAsString();
                }
            }
        } catch (JsonParseException e) {
            throw new Unresolved(
                    "a secret that this connection names in AWS is no object of JSON, but a key of it is"
                            + " asked for",
                    e);
        }
        throw new Unresolved("a secret that this connection names in AWS has no such key");
    }
}
