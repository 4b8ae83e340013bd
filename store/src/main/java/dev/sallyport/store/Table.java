package dev.sallyport.store;

/// The two tables.
enum Table {
    /// What admins decide. Edges only read it.
    CONFIG,
    /// What happens: sessions, audit log, edges and their mail, due work.
    LIVE
}
