package dev.sallyport.agent.database;

import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.policy.DefaultMasking;
import dev.sallyport.core.policy.MaskingRule;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.Wire;
import dev.sallyport.inspect.guardrails.Grammars;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.inspect.guardrails.VerdictCache;
import dev.sallyport.inspect.masking.RuleMasking;
import dev.sallyport.inspect.mysql.MysqlOptions;
import dev.sallyport.inspect.mysql.MysqlWire;
import dev.sallyport.inspect.postgres.PostgresWire;
import dev.sallyport.inspect.sql.Reading;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes what stands between the client and the server of each session.
public final class Inspections {

    private static final Judge NOTHING_TO_JUDGE =
            _ -> new Judged(Verdict.ALLOW, new Reading.Unread("there is nothing to read it for"));

    private final Grammars grammars = new Grammars();
    private final VerdictCache verdicts = new VerdictCache();
    private final Set<DatabaseProtocol> warmed = ConcurrentHashMap.newKeySet();
    private final Map<DatabaseProtocol, Making> wires;

    /// Makes the wire of one session.
    interface Making {
        Wire of(TargetSettings.Database settings, Masking masking);
    }

    private final Secret key;

    /// Those of all protocols.
    ///
    /// @param key what hashes and tokens of masked values hang on
    public Inspections(Secret key) {
        this(wires(new ServerVersions()), key);
    }

    private static Map<DatabaseProtocol, Making> wires(ServerVersions versions) {
        return Map.of(
                DatabaseProtocol.POSTGRES,
                (settings, masking) -> new PostgresWire(masking, new SecureRandom()),
                DatabaseProtocol.MYSQL,
                (settings, masking) -> new MysqlWire(
                        masking,
                        new SecureRandom(),
                        new MysqlOptions(versions.of(settings), settings.localInfile(), false)));
    }

    Inspections(Map<DatabaseProtocol, Making> wires, Secret key) {
        this.wires = Map.copyOf(wires);
        this.key = key;
    }

    /// @throws NotOpened when this agent cannot enforce what the session's policy asks
    Inspection of(ConnectionDefinition definition, TargetSettings.Database settings, SessionPolicy policy)
            throws NotOpened {
        var wire = Optional.ofNullable(wires.get(settings.protocol()))
                .orElseThrow(() -> NotOpened.refused("connection " + definition.name() + " is a " + settings.type()
                        + " database, which its agent does not understand: upgrade the agent"));
        try {
            var rules = new ArrayList<>(policy.masking());
            if (settings.masked()) {
                rules.addAll(DefaultMasking.rules());
            }
            var masking = masking(rules);
            // no recording holds a credential, whatever users may see
            rules.addAll(0, DefaultMasking.credentials());
            var recorded = masking(rules);
            boolean masked = masking != Masking.NONE;
            return new Inspection(wire.of(settings, masking), judge(definition, settings, policy, masked), recorded);
        } catch (IllegalArgumentException e) {
            throw NotOpened.refused("connection " + definition.name() + ": " + e.getMessage());
        }
    }

    /// Where something is masked, statements are read for where their results come from, even if nothing is judged.
    private Judge judge(
            ConnectionDefinition definition, TargetSettings.Database settings, SessionPolicy policy, boolean masked)
            throws NotOpened {
        var guardrails = settings.held(policy);
        if (guardrails.rules().isEmpty() && !masked) {
            return NOTHING_TO_JUDGE;
        }
        var found = grammars.of(settings.protocol());
        if (found.isEmpty()) {
            if (guardrails.rules().isEmpty()) {
                return NOTHING_TO_JUDGE;
            }
            throw NotOpened.refused("connection " + definition.name()
                    + " has guardrails, which its agent cannot enforce for " + settings.type());
        }
        var grammar = found.get();
        if (warmed.add(settings.protocol())) {
            var _ = Thread.ofVirtual().name("grammar").start(grammar::warm);
        }
        return new GuardrailJudge(guardrails, grammar, verdicts);
    }

    /// The rules are those of this session: whom each is for has been looked at.
    private Masking masking(List<MaskingRule> rules) {
        return RuleMasking.ofSession(rules, key);
    }
}
