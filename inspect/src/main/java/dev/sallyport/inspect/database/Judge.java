package dev.sallyport.inspect.database;

/// Judges statements before a server sees them. One per session; one thread at a time. Never throws for any
/// statement: what cannot be judged is not allowed.
public interface Judge {

    Judged judge(Asked asked);
}
