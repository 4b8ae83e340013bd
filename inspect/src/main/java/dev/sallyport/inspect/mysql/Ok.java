package dev.sallyport.inspect.mysql;

/// How something went well ("OK_Packet"; "EOF_Packet" says less of the same).
///
/// @param info what the server says in words
/// @param state what changed in the session, if that is told; see [Session]
record Ok(long affected, long lastId, int status, int warnings, byte[] info, byte[] state) {

    private static final byte[] NOTHING = new byte[0];

    /// Our own, that says nothing but the session's status.
    static Ok of(int status) {
        return new Ok(0, 0, status, 0, NOTHING, NOTHING);
    }

    /// Reads the payload after its first byte.
    ///
    /// @param tracks whether the session's changes are told (`CLIENT_SESSION_TRACK`)
    static Ok read(Body body, boolean tracks) throws Malformed {
        long affected = body.number();
        long lastId = body.number();
        int status = body.int16();
        int warnings = body.int16();
        // the words have their length before them, whatever the protocol's pages say; only a server that we do not know
        // could send them without
        var info = body.left() == 0 ? NOTHING : body.string();
        if (!tracks) {
            return new Ok(affected, lastId, status, warnings, info, NOTHING);
        }
        var state = (status & Status.SESSION_STATE_CHANGED) != 0 && body.left() > 0 ? body.string() : NOTHING;
        if (body.left() != 0) {
            throw new Malformed("an OK that goes on after its end");
        }
        return new Ok(affected, lastId, status, warnings, info, state);
    }

    /// Reads an EOF_Packet's payload after its first byte.
    static Ok readEof(Body body) throws Malformed {
        int warnings = body.int16();
        int status = body.int16();
        if (body.left() != 0) {
            throw new Malformed("an EOF that goes on after its end");
        }
        return new Ok(0, 0, status, warnings, NOTHING, NOTHING);
    }

    Ok withStatus(int other) {
        return new Ok(affected, lastId, other, warnings, info, state);
    }

    /// Writes it as a packet.
    ///
    /// @param first 0x00, or 0xfe at the end of rows
    void write(Outgoing out, int first, boolean tracks) {
        int packet = out.begin();
        boolean changed = tracks && state.length > 0;
        out.bytes()
                .int8(first)
                .number(affected)
                .number(lastId)
                .int16(changed ? status : status & ~Status.SESSION_STATE_CHANGED)
                .int16(warnings);
        if (info.length > 0 || changed) {
            out.bytes().string(info);
            if (changed) {
                out.bytes().string(state);
            }
        }
        out.end(packet);
    }
}
