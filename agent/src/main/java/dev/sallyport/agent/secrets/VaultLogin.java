package dev.sallyport.agent.secrets;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// How the agent logs in to Vault: its operator's choice, in the agent's environment.
sealed interface VaultLogin {

    /// With a token that somebody else made (`VAULT_TOKEN`, or a file in `VAULT_TOKEN_FILE` that is read each time).
    record Token(Optional<String> token, Optional<Path> file) implements VaultLogin {
        @Override
        public String toString() {
            return "Token";
        }
    }

    /// AppRole: `SALLYPORT_VAULT_ROLE_ID` and `SALLYPORT_VAULT_SECRET_ID`, or a file in `…_SECRET_ID_FILE`.
    record AppRole(String mount, String roleId, Optional<String> secretId, Optional<Path> file) implements VaultLogin {
        @Override
        public String toString() {
            return "AppRole";
        }
    }

    /// The pod's own service account: `SALLYPORT_VAULT_KUBERNETES_ROLE`.
    record Kubernetes(String mount, String role, Path token) implements VaultLogin {}

    /// Where Kubernetes puts a pod's token.
    Path POD_TOKEN = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    /// What the environment says; empty when it says nothing.
    static Optional<VaultLogin> of(Map<String, String> environment) {
        var mount = text(environment, "SALLYPORT_VAULT_MOUNT");
        var roleId = text(environment, "SALLYPORT_VAULT_ROLE_ID");
        if (roleId.isPresent()) {
            return Optional.of(new AppRole(
                    mount.orElse("approle"),
                    roleId.get(),
                    text(environment, "SALLYPORT_VAULT_SECRET_ID"),
                    text(environment, "SALLYPORT_VAULT_SECRET_ID_FILE").map(Path::of)));
        }
        var role = text(environment, "SALLYPORT_VAULT_KUBERNETES_ROLE");
        if (role.isPresent()) {
            return Optional.of(new Kubernetes(
                    mount.orElse("kubernetes"),
                    role.get(),
                    text(environment, "SALLYPORT_VAULT_KUBERNETES_TOKEN_FILE")
                            .map(Path::of)
                            .orElse(POD_TOKEN)));
        }
        var token = text(environment, "VAULT_TOKEN");
        var file = text(environment, "VAULT_TOKEN_FILE").map(Path::of);
        return token.isPresent() || file.isPresent() ? Optional.of(new Token(token, file)) : Optional.empty();
    }

    private static Optional<String> text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
