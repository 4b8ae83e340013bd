package dev.sallyport.store;

import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every partition that does not start with a tenant, and nothing else knows their keys.
///
/// | table | partition | sort key | holds |
/// |---|---|---|---|
/// | config | `SCHEMA` | `SCHEMA` | the store's version |
/// | config | `SLUG#<0..15>` | slug | the tenant of a slug; all tenants, read together |
/// | config | `CA#<0..15>` | fingerprint | the tenant of a user CA, with the CA: all of them, read together,
/// are the trust snapshot |
/// | config | `APIKEY#<0..15>` | SHA-256 of the key | the tenant and the id of an API key |
/// | live | `EDGE#` | edge id | the registry of edges; `DUTY#<name>`: which edge has a duty of the cell |
/// | live | `EDGE#<edge>` | `LEASE`, `MAIL#…`, `SES#…` | an edge's heartbeat, mailbox and sessions |
/// | live | `DUE#<minute>#<0..3>` | ULID | work that is due: outbox items |
///
/// A key that is written only when it is absent makes what it names unique in the whole cell.
final class Directory {

    /// Shards of the look-ups that are also listed whole.
    static final int SHARDS = 16;

    static final int DUE_SHARDS = 4;
    static final String EDGES = "EDGE#";
    static final String EDGE_HEAD = "edg_";
    static final String LEASE = "LEASE";
    static final String MAIL = "MAIL#";
    static final String SESSION = "SES#";

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMddHHmm").withZone(ZoneOffset.UTC);

    private final Tables tables;

    Directory(Tables tables) {
        this.tables = tables;
    }

    static Item schema() {
        return Item.of("SCHEMA", "SCHEMA");
    }

    static Item slug(String slug) {
        return Item.of("SLUG#" + shard(slug), slug);
    }

    static Item ca(String fingerprint) {
        return Item.of("CA#" + shard(fingerprint), fingerprint);
    }

    static Item apiKey(String sha256) {
        return Item.of("APIKEY#" + shard(sha256), sha256);
    }

    static String edge(EdgeId edge) {
        return EDGES + edge.value();
    }

    static Item duty(String name) {
        return Item.of(EDGES, "DUTY#" + name);
    }

    static String due(Instant minute, int shard) {
        return "DUE#" + MINUTE.format(minute) + "#" + shard;
    }

    Optional<TenantId> tenantOfSlug(String slug) {
        return read(slug(slug)).map(item -> new TenantId(item.text("tenant")));
    }

    /// The items of all tenants' slugs.
    List<TenantId> tenants() {
        return all("SLUG#").stream()
                .map(item -> new TenantId(item.text("tenant")))
                .toList();
    }

    /// The items of all trusted CAs.
    List<Item> cas() {
        return all("CA#");
    }

    /// Whose API key it is.
    record KeyOwner(TenantId tenant, KeyId key) {}

    Optional<KeyOwner> ownerOfApiKey(String sha256) {
        return read(apiKey(sha256))
                .map(item -> new KeyOwner(new TenantId(item.text("tenant")), new KeyId(item.text("key"))));
    }

    private Optional<Item> read(Item key) {
        return tables.get(Table.CONFIG, key.partition(), key.sort());
    }

    private List<Item> all(String head) {
        var items = new ArrayList<Item>();
        for (int shard = 0; shard < SHARDS; shard++) {
            items.addAll(tables.list(Table.CONFIG, head + shard, ""));
        }
        return items;
    }

    private static int shard(String text) {
        return Math.floorMod(text.hashCode(), SHARDS);
    }
}
