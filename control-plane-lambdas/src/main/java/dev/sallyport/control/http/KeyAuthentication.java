package dev.sallyport.control.http;

import dev.sallyport.api.Problem;
import dev.sallyport.control.Instance;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Store;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Finds the caller behind `Authorization: Bearer sally_…`.
///
/// The store knows keys by their hash only. A key whose user is not active, or that comes from
/// elsewhere than it may, counts as little as none, and whoever has
/// no key learns nothing about why.
public final class KeyAuthentication implements Router.Authentication {

    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(sally_[A-Za-z0-9_-]{20,200})");

    private final Store store;
    private final Instance instance;
    private final RateLimits rates;

    @Inject
    KeyAuthentication(Store store, Instance instance, RateLimits rates) {
        this.store = store;
        this.instance = instance;
        this.rates = rates;
    }

    @Override
    public Caller caller(Request request) throws Declined {
        var header = BEARER.matcher(request.headers().getOrDefault("authorization", ""));
        if (!header.matches()) {
            throw nobody();
        }
        var key = store.apiKeys().byHash(hash(header.group(1))).orElseThrow(KeyAuthentication::nobody);
        if (!key.countsFrom(request.source())) {
            throw nobody();
        }
        rates.count(key);
        if (key.user().isPresent()
                && store.users()
                        .get(key.tenant(), key.user().get())
                        .filter(User::active)
                        .isEmpty()) {
            throw nobody();
        }
        store.apiKeys().used(key);
        boolean operator = instance.operator().map(key.tenant()::equals).orElse(false);
        return new Caller(key, request.source(), operator);
    }

    /// What the store keeps of a key.
    public static String hash(String secret) {
        return Sha256.of(secret.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static Declined nobody() {
        return new Declined(
                Problem.Type.UNAUTHENTICATED,
                "Send a key that counts as Authorization: Bearer sally_…; admins make keys with sally admin keys create.");
    }
}
