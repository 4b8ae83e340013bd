package dev.sallyport.inspect.mysql;

/// Packets of the client's that pass in pieces, to the server or nowhere: long parameters, a file, what is too long
/// to keep.
final class Passage {

    /// What is done when all of it has passed.
    interface End {
        void run() throws Malformed;
    }

    private final boolean reaches;
    private final boolean file;
    private final End end;

    /// What is still to come of this packet.
    private int left;

    private boolean goesOn = true;
    private boolean chained;

    private Passage(boolean reaches, boolean file, End end) {
        this.reaches = reaches;
        this.file = file;
        this.end = end;
    }

    /// One command, which the server is sent.
    static Passage command(End end) {
        return new Passage(true, false, end);
    }

    /// One command, which nobody is sent.
    static Passage nowhere(End end) {
        return new Passage(false, false, end);
    }

    /// A file: packets until an empty one.
    static Passage file(End end) {
        return new Passage(true, true, end);
    }

    /// Takes a packet's head at `at`, and as much of its payload as was taken care of already.
    void head(byte[] bytes, int at, int taken, Outgoing client, Outgoing server) throws Malformed {
        client.heard(Packet.sequence(bytes, at));
        if (reaches) {
            server.head(bytes, at);
        }
        int length = Packet.length(bytes, at);
        left = length - taken;
        goesOn = length == Packet.LONGEST || (file && (length > 0 || chained));
        chained = length == Packet.LONGEST;
    }

    /// Takes what there is at `at`, and returns where it goes on; `at` when there is too little.
    int take(byte[] bytes, int at, int to, Outgoing client, Outgoing server) throws Malformed {
        if (left > 0) {
            int length = Math.min(left, to - at);
            if (reaches) {
                server.rest(bytes, at, at + length);
            }
            left -= length;
            return at + length;
        }
        if (to - at < Packet.HEAD) {
            return at;
        }
        head(bytes, at, 0, client, server);
        return at + Packet.HEAD;
    }

    boolean done() {
        return left == 0 && !goesOn;
    }

    void end() throws Malformed {
        end.run();
    }
}
