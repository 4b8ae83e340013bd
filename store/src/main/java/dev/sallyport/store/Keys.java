package dev.sallyport.store;

import dev.sallyport.core.id.Identifier;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;

/// The keys of a tenant's partitions and the heads of their sort keys.
final class Keys {

    static final String TENANT = "TENANT";
    static final String USER = "USER#";
    static final String EMAIL = "EMAIL#";
    static final String SERVICE_ACCOUNT = "SERVICEACCOUNT#";
    static final String SUBJECT = "SUBJECT#";
    static final String GROUP = "GROUP#";
    static final String CONNECTION = "CONNECTION#";
    static final String NAME = "NAME#";
    static final String RULE = "RULE#";
    static final String POLICY = "POLICY";
    static final String CA = "CA#";
    static final String PENDING_CA = "PENDINGCA#";
    static final String SSH_SERVER = "SSHSERVER";
    static final String AGENT = "AGENT#";
    static final String AGENT_NAME = "AGENTNAME#";
    static final String REVOKED = "REVOKED#";
    static final String API_KEY = "KEY#";
    static final String SETTINGS = "SETTINGS";
    static final String QUOTAS = "QUOTAS";
    static final String RETENTION = "RETENTION#";
    static final String SESSION = "SESSION";
    static final String RECORDING = "RECORDING";

    private Keys() {}

    static String tenant(TenantId tenant) {
        return "TEN#" + tenant.value();
    }

    static String session(TenantId tenant, SessionId session) {
        return tenant(tenant) + "#SES#" + session.value();
    }

    static String id(String head, Identifier id) {
        return head + id.value();
    }
}
