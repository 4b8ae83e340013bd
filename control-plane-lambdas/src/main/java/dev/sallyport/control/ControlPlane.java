package dev.sallyport.control;

import dev.sallyport.api.Tenants;
import dev.sallyport.control.http.ApiHandler;
import dev.sallyport.control.http.Declined;
import dev.sallyport.control.http.Router;
import dev.sallyport.control.sessions.SignedChunkUrls;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/// The control plane: one Lambda function for each bounded context, with everything that they need.
public final class ControlPlane {

    private static final int CHUNK_URL_KEY_BYTES = 32;

    private final ControlPlaneComponent component;

    /// A control plane that serves the chunks itself, under addresses that are good until it ends.
    public ControlPlane(
            Store store, TenantSigners signers, ChunkStore chunks, DataKeys dataKeys, Instance instance, Clock clock) {
        this(store, signers, chunks, dataKeys, new SignedChunkUrls(randomKey(), clock), instance, clock);
    }

    /// A control plane that serves the chunks under addresses of `urls`. Nothing random is made.
    public ControlPlane(
            Store store,
            TenantSigners signers,
            ChunkStore chunks,
            DataKeys dataKeys,
            SignedChunkUrls urls,
            Instance instance,
            Clock clock) {
        component =
                DaggerControlPlaneComponent.factory().create(store, signers, chunks, dataKeys, urls, instance, clock);
    }

    private static Secret randomKey() {
        var key = new byte[CHUNK_URL_KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return Secret.of(key);
    }

    /// A function, and the heads of the paths that it answers.
    public record Function(String name, List<String> paths, ApiHandler handler) {}

    /// All functions. No path belongs to two.
    public List<Function> functions() {
        return List.of(identity(), access(), sessions(), dryRuns());
    }

    /// Who may call: tenants, users, service accounts, groups, keys.
    public Function identity() {
        return new Function(
                "identity",
                List.of(
                        "/v1/me",
                        "/v1/tenants",
                        "/v1/settings",
                        "/v1/users",
                        "/v1/service-accounts",
                        "/v1/groups",
                        "/v1/keys"),
                handler(component.identity().router()));
    }

    /// Who may use what: agents, connections, rules, guardrails, masking, CAs, revocations.
    public Function access() {
        return new Function(
                "access",
                List.of(
                        "/v1/agents",
                        "/v1/connections",
                        "/v1/access",
                        "/v1/access-rules",
                        "/v1/guardrails",
                        "/v1/masking-rules",
                        "/v1/ssh-server",
                        "/v1/cas",
                        "/v1/revocations",
                        "/v1/reviews"),
                handler(component.access().router()));
    }

    /// What happened: sessions, recordings, the audit log.
    public Function sessions() {
        return new Function(
                "sessions",
                List.of(
                        "/v1/sessions",
                        "/v1/statements",
                        "/v1/holds",
                        "/v1/exports",
                        "/v1/chunks",
                        "/v1/audit",
                        "/v1/checkpoints"),
                handler(component.sessions().router()));
    }

    /// What rules would say. Apart, for it alone needs the grammars of the databases.
    public Function dryRuns() {
        return new Function(
                "dry-runs", List.of("/v1/dry-runs"), handler(component.dryRuns().router()));
    }

    private ApiHandler handler(Router router) {
        return new ApiHandler(router, component.authentication(), component.onceOnly(), component.instance());
    }

    /// Makes a tenant with its signing key and its first admin key: how an instance begins.
    ///
    /// @throws IllegalArgumentException when `slug` is no name for a tenant
    /// @throws dev.sallyport.store.WriteRefused when it is taken
    public Tenants.CreatedTenant createTenant(String slug) {
        try {
            return component.tenants().create(Actor.SYSTEM, slug);
        } catch (Declined e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
