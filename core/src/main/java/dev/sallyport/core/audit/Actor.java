package dev.sallyport.core.audit;

/// Who does something to the configuration or to a session, and from where. Every change names one.
///
/// @param id a user's, agent's, edge's or key's id, `system`, or `retention`
/// @param source address that the request came from; empty where there is none
public record Actor(String id, String source) {

    /// What Sallyport does by itself.
    public static final Actor SYSTEM = new Actor("system", "");

    /// What deletes recordings when their time is over.
    public static final Actor RETENTION = new Actor("retention", "");

    public Actor {
        if (id.isBlank() || id.length() > 200 || source.length() > 100) {
            throw new IllegalArgumentException("an actor has an id of 1 to 200 characters and a source of at most 100");
        }
    }
}
