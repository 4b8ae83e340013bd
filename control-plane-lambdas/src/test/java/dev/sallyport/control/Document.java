package dev.sallyport.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.oas.OpenApi31;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// The OpenAPI document, read to hold what is said and answered against it.
final class Document {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final String REFERENCE = "$ref";
    private static final String SCHEMAS = "#/components/schemas/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode root;
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.metaSchema(OpenApi31.getInstance())
                    .defaultMetaSchemaIri(OpenApi31.getInstance().getIri()));

    Document() {
        try (var in = Document.class.getResourceAsStream("/openapi.yaml")) {
            root = new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A parameter of a path or query.
    record Parameter(String name, String in, boolean required, JsonNode schema) {}

    /// @param body name of the body's schema; empty when it takes none
    record Operation(
            String id,
            String method,
            String template,
            List<Parameter> parameters,
            Optional<String> body,
            JsonNode responses) {

        List<Parameter> in(String where) {
            return parameters.stream()
                    .filter(parameter -> parameter.in().equals(where))
                    .toList();
        }
    }

    List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        root.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> METHODS.contains(method.getKey()))
                        .forEach(method ->
                                operations.add(operation(path.getKey(), method.getKey(), method.getValue()))));
        return operations;
    }

    private Operation operation(String template, String method, JsonNode operation) {
        var parameters = StreamSupport.stream(operation.path("parameters").spliterator(), false)
                .map(this::resolved)
                .map(parameter -> new Parameter(
                        parameter.get("name").asText(),
                        parameter.get("in").asText(),
                        parameter.path("required").asBoolean(),
                        parameter.get("schema")))
                .toList();
        var body = operation
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema")
                .path(REFERENCE)
                .asText();
        return new Operation(
                operation.get("operationId").asText(),
                method.toUpperCase(Locale.ROOT),
                template,
                parameters,
                body.isEmpty() ? Optional.empty() : Optional.of(body.substring(SCHEMAS.length())),
                operation.get("responses"));
    }

    /// The schema of this name.
    JsonNode schema(String name) {
        return root.get("components").get("schemas").get(name);
    }

    JsonNode resolved(JsonNode node) {
        return node.has(REFERENCE) ? root.at(node.get(REFERENCE).asText().substring(1)) : node;
    }

    /// What the document says an answer of this operation with this status and media type is: the name of its
    /// schema; empty when there is no body, or bytes.
    ///
    /// @throws NotSaid when the document knows no such answer
    Optional<String> answer(Operation operation, int status, String mediaType) throws NotSaid {
        var said = operation.responses().get(Integer.toString(status));
        if (said == null) {
            if (status < 400) {
                throw new NotSaid("the document knows no " + status);
            }
            said = operation.responses().get("default");
        }
        var content = resolved(said).path("content");
        if (mediaType.isEmpty()) {
            if (!content.isEmpty()) {
                throw new NotSaid("the document promises a body with " + status);
            }
            return Optional.empty();
        }
        if (!content.has(mediaType)) {
            throw new NotSaid("the document knows no " + mediaType + " with " + status);
        }
        var schema = content.get(mediaType).path("schema").path(REFERENCE).asText();
        return schema.isEmpty() ? Optional.empty() : Optional.of(schema.substring(SCHEMAS.length()));
    }

    /// An answer that the document does not have.
    static final class NotSaid extends Exception {

        private static final long serialVersionUID = 1;

        NotSaid(String message) {
            super(message);
        }
    }

    /// What of `json` is not as the schema of this name wants it; formats count.
    Set<String> faults(String schema, JsonNode json) {
        var config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        return schemas
                .getSchema(SchemaLocation.of("classpath:openapi.yaml" + SCHEMAS + schema), config)
                .validate(json.toString(), InputFormat.JSON)
                .stream()
                .map(fault -> fault.getInstanceLocation() + " " + fault.getMessage())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Fields of an answer that its schema does not name, though it would let them pass.
    Set<String> unnamed(String schema, JsonNode json) {
        var unnamed = new TreeSet<String>();
        unnamed(schema(schema), json, "", unnamed);
        return unnamed;
    }

    private void unnamed(JsonNode schema, JsonNode json, String where, Set<String> unnamed) {
        var known = resolved(schema);
        if (json instanceof ArrayNode list) {
            list.forEach(one -> unnamed(known.path("items"), one, where + "[]", unnamed));
        }
        if (json instanceof ObjectNode object
                && !known.path("additionalProperties").isObject()) {
            object.properties().forEach(field -> {
                var name = where + "." + field.getKey();
                if (known.path("properties").has(field.getKey())) {
                    unnamed(known.path("properties").get(field.getKey()), field.getValue(), name, unnamed);
                } else {
                    unnamed.add(name);
                }
            });
        }
    }

    static JsonNode json(byte[] bytes) throws IOException {
        return JSON.readTree(bytes);
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }
}
