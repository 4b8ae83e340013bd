package dev.sallyport.store;

/// The store, noun by noun. One per process; everything in it is thread-safe and blocks.
public final class Store implements AutoCloseable {

    private final Tables tables;
    private final Tenants tenants;
    private final Users users;
    private final Groups groups;
    private final PolicyDocuments policyDocuments;
    private final Rules rules;
    private final Connections connections;
    private final Agents agents;
    private final TrustedCas trustedCas;
    private final Revocations revocations;
    private final ApiKeys apiKeys;
    private final Sessions sessions;
    private final Recordings recordings;
    private final AuditLog auditLog;
    private final Checkpoints checkpoints;
    private final Edges edges;
    private final Mailboxes mailboxes;
    private final Attachments attachments;
    private final Outbox outbox;
    private final Policies policies;
    private final AnsweredRequests answeredRequests;
    private final Rates rates;
    private final ConnectionTests connectionTests;
    private final Reviews reviews;
    private final Settings settings;
    private final Holds holds;
    private final Statements statements;
    private final Deletions deletions;

    /// @param tables prepared or checked by the caller
    public Store(Tables tables) {
        this.tables = tables;
        var directory = new Directory(tables);
        auditLog = new AuditLog(tables);
        edges = new Edges(tables);
        mailboxes = new Mailboxes(tables);
        outbox = new Outbox(tables, edges, mailboxes);
        var configuration = new Configuration(tables, auditLog, outbox);
        tenants = new Tenants(configuration, directory);
        users = new Users(configuration);
        rules = new Rules(configuration);
        policyDocuments = new PolicyDocuments(configuration);
        groups = new Groups(configuration, rules, policyDocuments);
        connections = new Connections(configuration);
        agents = new Agents(configuration, connections);
        trustedCas = new TrustedCas(configuration, directory);
        revocations = new Revocations(configuration);
        apiKeys = new ApiKeys(configuration, directory);
        sessions = new Sessions(tables, auditLog, outbox);
        recordings = new Recordings(tables, auditLog);
        checkpoints = new Checkpoints(tables);
        attachments = new Attachments(tables, edges);
        policies = new Policies(tables);
        answeredRequests = new AnsweredRequests(tables);
        rates = new Rates(tables);
        connectionTests = new ConnectionTests(tables, auditLog, outbox);
        reviews = new Reviews(tables, auditLog, outbox);
        settings = new Settings(configuration);
        holds = new Holds(tables, auditLog);
        statements = new Statements(tables, settings);
        deletions = new Deletions(tables, auditLog, sessions, recordings, edges, statements);
    }

    public Tables tables() {
        return tables;
    }

    public Tenants tenants() {
        return tenants;
    }

    public Users users() {
        return users;
    }

    public Groups groups() {
        return groups;
    }

    public PolicyDocuments policyDocuments() {
        return policyDocuments;
    }

    public Rules rules() {
        return rules;
    }

    public Connections connections() {
        return connections;
    }

    public Agents agents() {
        return agents;
    }

    /// The trusted CAs, with the SSH server's configuration.
    public TrustedCas trustedCas() {
        return trustedCas;
    }

    public Revocations revocations() {
        return revocations;
    }

    public ApiKeys apiKeys() {
        return apiKeys;
    }

    public Sessions sessions() {
        return sessions;
    }

    public Reviews reviews() {
        return reviews;
    }

    public Recordings recordings() {
        return recordings;
    }

    public AuditLog auditLog() {
        return auditLog;
    }

    public Checkpoints checkpoints() {
        return checkpoints;
    }

    public Edges edges() {
        return edges;
    }

    public Mailboxes mailboxes() {
        return mailboxes;
    }

    public Attachments attachments() {
        return attachments;
    }

    public Outbox outbox() {
        return outbox;
    }

    public Policies policies() {
        return policies;
    }

    public AnsweredRequests answeredRequests() {
        return answeredRequests;
    }

    public Rates rates() {
        return rates;
    }

    public ConnectionTests connectionTests() {
        return connectionTests;
    }

    /// The tenants' settings and quotas.
    public Settings settings() {
        return settings;
    }

    /// The legal holds.
    public Holds holds() {
        return holds;
    }

    /// The index of statements.
    public Statements statements() {
        return statements;
    }

    /// What deletes recordings.
    public Deletions deletions() {
        return deletions;
    }

    @Override
    public void close() {
        tables.close();
    }
}
