package dev.sallyport.store;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.secret.SecretReference;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// A connection's definition as named attributes, for the audit log to tell what was different before.
final class ConnectionFacts {

    private ConnectionFacts() {}

    /// Everything, to compare: not for people.
    static Item of(ConnectionDefinition definition) {
        return facts(definition, SecretReference::text);
    }

    /// The same for people: where a secret is kept is told, what is sealed or literal is not.
    static Item withoutSecrets(ConnectionDefinition definition) {
        return facts(definition, secret -> switch (secret.scheme()) {
            case "env", "file" -> secret.text();
            default -> secret.toString();
        });
    }

    private static Item facts(ConnectionDefinition definition, Function<SecretReference, String> secret) {
        var item = Item.of(Keys.tenant(definition.tenant()), Keys.id(Keys.CONNECTION, definition.id()))
                .text("name", definition.name().value())
                .text("agent", definition.agent().value())
                .text("type", definition.target().type())
                .flag("recordingRequired", definition.recordingRequired())
                .text("recordingLevel", definition.recordingLevel().map(Enum::name))
                .flag("strict", definition.strict())
                .number("idleSeconds", definition.idle().toSeconds())
                .number("longestSeconds", definition.longest().toSeconds())
                .map("tags", definition.tags())
                .texts("acceptEnvironment", definition.acceptEnvironment())
                .texts("approvers", definition.review().approvers())
                .number("approvalSeconds", definition.review().patience().toSeconds());
        return switch (definition.target()) {
            case TargetSettings.Custom custom ->
                item.text("entrypoint", String.join(" ", custom.entrypoint()))
                        .text("runAs", custom.runAs())
                        .text("command", custom.command().name())
                        .flag("followStdin", custom.followStdin())
                        .map("environment", texts(custom.environment(), secret))
                        .map("files", texts(custom.files(), secret))
                        .text("directory", custom.directory());
            case TargetSettings.Ssh ssh ->
                item.text("host", ssh.host())
                        .number("port", ssh.port())
                        .text("user", ssh.user())
                        .text("password", ssh.password().map(secret))
                        .text("privateKey", ssh.privateKey().map(secret))
                        .texts("hostKeys", ssh.hostKeys())
                        .text("knownHosts", ssh.knownHosts())
                        .texts("forwards", ssh.forwards());
            case TargetSettings.Tcp tcp -> item.text("host", tcp.host()).number("port", tcp.port());
            case TargetSettings.Database database ->
                item.text("host", database.host())
                        .number("port", database.port())
                        .text("user", database.user())
                        .text("password", database.password().map(secret))
                        .text("database", database.database())
                        .texts("databases", database.databases())
                        .text("tls", database.tls().name())
                        .text("ca", database.ca())
                        .text("certificate", database.certificate())
                        .text("privateKey", database.privateKey().map(secret))
                        .flag("localInfile", database.localInfile())
                        .flag("masked", database.masked())
                        .texts("guardrails", database.guardrails())
                        .text("rules", database.rules());
        };
    }

    private static SortedMap<String, String> texts(
            SortedMap<String, SecretReference> secrets, Function<SecretReference, String> secret) {
        var texts = new TreeMap<String, String>();
        secrets.forEach((name, reference) -> texts.put(name, secret.apply(reference)));
        return texts;
    }
}
