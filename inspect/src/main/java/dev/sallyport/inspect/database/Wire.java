package dev.sallyport.inspect.database;

import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.sql.Reading;
import java.util.Optional;

/// One database protocol between one client and one server, of which it is the far end for both: a state machine
/// without I/O, fed with what either side sent, cut anywhere.
///
/// The surroundings (the agent) own sockets, TLS, time and reviews. They feed [#client] and [#server] from one thread
/// at a time, and carry out what the [Sink] is told, in that order. The life of a session:
///
/// 1. [#begin]; bytes of the client, until [Sink#start] says what it wants. Whatever user and password it sends is
///    ignored.
/// 2. The surroundings open the server's socket and call [#connected]; the wire negotiates TLS ([Sink#secure],
///    [#secured]), logs in, and tells the client that it is.
/// 3. Each statement is asked ([Sink#ask]) before the server sees any of it; until [#judged] the wire takes no more
/// from
///    the client ([#awaits]).
/// 4. [Sink#end] when either side is not to be heard any more.
///
/// Fails closed: what it does not understand ends the session with a sentence, and reaches neither side. Bounded: it
/// keeps at most [#LONGEST_KEPT] bytes of either side, whatever comes; longer rows and values are passed in pieces
/// where nothing looks at them and refused where something must.
public interface Wire {

    /// Most bytes of one message that are kept at once, in bytes.
    int LONGEST_KEPT = 16 * 1024 * 1024;

    /// The session begins. (MySQL: the server's greeting, which is ours.)
    void begin(Sink sink);

    /// Takes bytes of the client. Not called while [#awaits]; bytes that follow the statement asked within the same
    /// call are kept by the wire and continued with in [#judged].
    void client(byte[] bytes, int from, int to, Sink sink);

    /// Takes bytes of the server.
    void server(byte[] bytes, int from, int to, Sink sink);

    /// The server's socket is open.
    void connected(ServerLogin login, Sink sink);

    /// The connection to the server is TLS now.
    ///
    /// @param endPoint hash of the server's certificate as `tls-server-end-point` (RFC 5929, section 4) wants
    ///     it, for SCRAM's channel binding; empty when it cannot be told
    void secured(Optional<byte[]> endPoint, Sink sink);

    /// What became of the statement that was asked last. A [dev.sallyport.core.policy.Verdict.Hold] is decided by
    /// then and does not come here, but for one that is only prepared ([#holdsPrepared]).
    void judged(Judged judged, Sink sink);

    /// The statement that was asked last was held, and may run now, this once.
    default void approved(Judged judged, Sink sink) {
        judged(judged, sink);
    }

    /// The statement that was asked last was held, and its user waits no more: it fails as one that was stopped.
    default void withdrawn(String sentence, Sink sink) {
        judged(new Judged(new Verdict.Block("hold", sentence), new Reading.Unread("it was withdrawn")), sink);
    }

    /// Whether a statement that is held may be prepared all the same, because it is asked again each time that it would
    /// run ([Asked.Kind#BOUND]).
    default boolean holdsPrepared() {
        return false;
    }

    /// Whether the statement that was asked last will not run, whatever is said of it.
    default boolean moot() {
        return false;
    }

    /// Whether nothing of the client is taken now: it waits for the server's socket, or for a verdict.
    boolean awaits();

    /// Tells the user a sentence at the next place where the protocol has room for one, or now if it waits. Does
    /// nothing where the protocol has none.
    void say(String sentence, Sink sink);

    /// Ends the session with an error in the protocol's own words, if the client can still read one.
    void refuse(String sentence, Sink sink);

    /// The name that this session's client was given for its running statement; none until it is logged in, or where
    /// the
    /// protocol has none.
    default Optional<CancelKey> cancelKey() {
        return Optional.empty();
    }

    /// What asks the server, on a connection of its own, to stop the statement that runs; none where the protocol has
    /// no
    /// such request.
    default Optional<byte[]> cancelRequest() {
        return Optional.empty();
    }

    /// The same where the protocol has a statement for it and no request: a wire without a client, for a connection of
    /// its own to the same server as the same user. It ends by itself, and only asks its sink for what concerns a
    /// server.
    default Optional<Wire> stopping() {
        return Optional.empty();
    }

    /// The client sends no more.
    void clientEnded(Sink sink);

    /// The server sends no more.
    void serverEnded(Sink sink);

    /// What a wire wants done.
    interface Sink {

        /// Send this to the client. The array is the sink's only until it returns.
        void toClient(byte[] bytes, int from, int to);

        /// Send this to the server, likewise.
        void toServer(byte[] bytes, int from, int to);

        /// The client said what it wants: open the server's socket.
        void start(ClientStart start);

        /// Make the connection to the server TLS.
        void secure();

        /// Logged in to the server: the client can go on.
        void loggedIn();

        /// Judge this.
        void ask(Asked asked);

        /// A statement was answered to its end.
        void answered(Answered answered);

        /// The client wants a statement of another session of its own stopped (PostgreSQL's cancel request); nothing
        /// else comes on this wire.
        void cancel(CancelKey key);

        /// The session is over: send what was to be sent and close both sides.
        ///
        /// @param why for the agent's log and the session's outcome; repeats nothing of what was sent
        void end(String why);
    }
}
