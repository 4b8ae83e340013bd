package dev.sallyport.control;

import dagger.Binds;
import dagger.BindsInstance;
import dagger.Component;
import dev.sallyport.control.access.AccessRoutes;
import dev.sallyport.control.http.KeyAuthentication;
import dev.sallyport.control.http.OnceOnly;
import dev.sallyport.control.identity.IdentityRoutes;
import dev.sallyport.control.identity.TenantRoutes;
import dev.sallyport.control.policy.DryRunRoutes;
import dev.sallyport.control.sessions.ChunkUrls;
import dev.sallyport.control.sessions.SessionsRoutes;
import dev.sallyport.control.sessions.SignedChunkUrls;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.tenant.TenantSigners;
import dev.sallyport.store.Store;
import jakarta.inject.Singleton;
import java.time.Clock;

/// Wires the handlers.
@Singleton
@Component(modules = ControlPlaneComponent.Bindings.class)
interface ControlPlaneComponent {

    IdentityRoutes identity();

    AccessRoutes access();

    SessionsRoutes sessions();

    DryRunRoutes dryRuns();

    TenantRoutes tenants();

    KeyAuthentication authentication();

    OnceOnly onceOnly();

    Instance instance();

    @Component.Factory
    interface Factory {
        ControlPlaneComponent create(
                @BindsInstance Store store,
                @BindsInstance TenantSigners signers,
                @BindsInstance ChunkStore chunks,
                @BindsInstance DataKeys dataKeys,
                @BindsInstance SignedChunkUrls urls,
                @BindsInstance Instance instance,
                @BindsInstance Clock clock);
    }

    /// What stands for what.
    @dagger.Module
    interface Bindings {
        @Binds
        ChunkUrls urls(SignedChunkUrls urls);
    }
}
