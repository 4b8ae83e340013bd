package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Masking;

/// What is the same for all answers of a session.
///
/// @param client capabilities of the client's side
/// @param server capabilities of the server's side
record Terms(Session session, Masking masking, int client, int server, Outgoing toClient) {

    boolean masks() {
        return masking != Masking.NONE;
    }

    boolean clientHas(int capability) {
        return Capabilities.has(client, capability);
    }

    boolean serverHas(int capability) {
        return Capabilities.has(server, capability);
    }

    /// The client expects an OK at the end of rows and none at the end of columns, where the server sends EOF.
    boolean deprecatesForClientOnly() {
        return clientHas(Capabilities.DEPRECATE_EOF) && !serverHas(Capabilities.DEPRECATE_EOF);
    }
}
