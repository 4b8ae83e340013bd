package dev.sallyport.agent.secrets;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sallyport.agent.secrets.SecretStore.StoreOut;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Asks a secret store over HTTP. No redirect is followed, and no more is read than [#MOST].
final class StoreClient {

    /// Longest answer that is read, in bytes.
    static final int MOST = 262_144;

    private final String name;
    private final HttpClient client;

    /// @param name what the store is called in sentences
    /// @param trust whom to trust; none: the authorities of this Java
    StoreClient(String name, Optional<SSLContext> trust) {
        this.name = name;
        var building = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(SecretStore.LONGEST);
        trust.ifPresent(building::sslContext);
        this.client = building.build();
    }

    /// An answer.
    ///
    /// @param body empty when it is no object of JSON
    record Answer(int status, Optional<JsonObject> body) {

        /// What stands at the end of this path of names.
        Optional<JsonElement> at(String... path) {
            Optional<JsonElement> at = body.map(object -> object);
            for (var step : path) {
                at = at.filter(JsonElement::isJsonObject)
                        .map(JsonElement::getAsJsonObject)
                        .filter(object -> object.has(step))
                        .map(object -> object.get(step));
            }
            return at.filter(element -> !element.isJsonNull());
        }

        Optional<String> text(String... path) {
            return at(path).filter(JsonElement::isJsonPrimitive).map(JsonElement::getAsString);
        }

        long number(String... path) {
            return at(path).filter(StoreClient::isNumber)
                    .map(JsonElement::getAsLong)
                    .orElse(0L);
        }
    }

    private static boolean isNumber(JsonElement element) {
        return element.isJsonPrimitive() && element.getAsJsonPrimitive().isNumber();
    }

    /// @throws StoreOut when nothing is answered, or an error of the store's own (500 and above, 429)
    Answer ask(HttpRequest.Builder request) throws StoreOut, InterruptedException {
        try {
            var answer = client.send(request.timeout(SecretStore.LONGEST).build(), BodyHandlers.ofInputStream());
            String text;
            try (var in = answer.body()) {
                text = new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
            }
            if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
                throw new StoreOut(name + " answered with an error of its own (" + answer.statusCode() + ")");
            }
            return new Answer(answer.statusCode(), object(text));
        } catch (IOException e) {
            throw new StoreOut(name + " does not answer", e);
        }
    }

    private static Optional<JsonObject> object(String text) {
        try {
            var element = JsonParser.parseString(text);
            return element.isJsonObject() ? Optional.of(element.getAsJsonObject()) : Optional.empty();
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }
}
