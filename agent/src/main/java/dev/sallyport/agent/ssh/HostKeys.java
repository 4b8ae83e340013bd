package dev.sallyport.agent.ssh;

import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.core.connection.TargetSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys that a target may show: those in the connection, or those that a known_hosts file on the agent's
/// machine lists for it. Any other is refused; none is taken on trust.
final class HostKeys {

    private static final Logger LOG = LoggerFactory.getLogger(HostKeys.class);

    private final List<PublicKey> trusted;
    private final List<PublicKey> revoked;
    private final AtomicReference<Optional<PublicKey>> shown = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<PublicKey>> refused = new AtomicReference<>(Optional.empty());

    private HostKeys(List<PublicKey> trusted, List<PublicKey> revoked) {
        this.trusted = trusted;
        this.revoked = revoked;
    }

    /// @throws NotOpened when no key is known for the target
    static HostKeys of(TargetSettings.Ssh settings) throws NotOpened {
        var trusted = new ArrayList<PublicKey>();
        var revoked = new ArrayList<PublicKey>();
        if (!settings.hostKeys().isEmpty()) {
            for (var line : settings.hostKeys()) {
                read(PublicKeyEntry.parsePublicKeyEntry(line)).ifPresent(trusted::add);
            }
        } else {
            try {
                for (var entry : KnownHostEntry.readKnownHostEntries(
                        Path.of(settings.knownHosts().orElseThrow()))) {
                    if (!entry.isHostMatch(settings.host(), settings.port())) {
                        continue;
                    }
                    var marker = Optional.ofNullable(entry.getMarker());
                    if (marker.isEmpty()) {
                        read(entry.getKeyEntry()).ifPresent(trusted::add);
                    } else if (marker.get().equals("revoked")) {
                        read(entry.getKeyEntry()).ifPresent(revoked::add);
                    }
                }
            } catch (IOException | RuntimeException e) {
                throw NotOpened.internal("the agent cannot read the known_hosts file of this connection", e);
            }
        }
        if (trusted.isEmpty()) {
            throw NotOpened.target(
                    "no host key is known for the target, and the agent trusts none that it does not know");
        }
        return new HostKeys(List.copyOf(trusted), List.copyOf(revoked));
    }

    private static Optional<PublicKey> read(PublicKeyEntry entry) {
        try {
            return Optional.ofNullable(entry.resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.IGNORING));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.warn("a host key cannot be read and counts for nothing", e);
            return Optional.empty();
        }
    }

    /// Whether the target may show this key.
    boolean trusts(PublicKey shown) {
        boolean trusts = trusted.stream().anyMatch(key -> KeyUtils.compareKeys(key, shown))
                && revoked.stream().noneMatch(key -> KeyUtils.compareKeys(key, shown));
        (trusts ? this.shown : refused).set(Optional.of(shown));
        return trusts;
    }

    /// Kind and fingerprint of the trusted key that the target showed, once it has.
    Optional<String> shown() {
        return shown.get().map(key -> KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(key));
    }

    /// How many keys the target may show.
    int count() {
        return trusted.size();
    }

    /// The fingerprint of the key that was refused, if one was.
    Optional<String> refused() {
        return refused.get().map(KeyUtils::getFingerPrint);
    }

    /// The kinds of the trusted keys, as in `ssh-ed25519`.
    Set<String> kinds() {
        return trusted.stream().map(KeyUtils::getKeyType).collect(Collectors.toSet());
    }
}
