package dev.sallyport.cli.sessions;

import java.io.ByteArrayOutputStream;

/// Lets through what draws on a terminal, and drops what makes a terminal answer, print, or act outside of its
/// screen: a recording holds what a target sent, and a target may be hostile to who watches.
///
/// Passed: text, cursor movement, colours, erasing, scrolling, modes, character sets. Dropped: operating system
/// commands (titles, clipboard, hyperlinks), device control strings, queries of any kind, window operations,
/// media copy, 8-bit control characters. The sequences are those of ECMA-48 and xterm (ctlseqs). Bytes may be
/// cut anywhere. Memory is bounded by [#LONGEST].
final class TerminalFilter {

    /// Longest sequence that is passed on.
    static final int LONGEST = 256;

    private static final String CONTROLS = "\u0007\b\t\n\u000b\f\r\u000e\u000f";
    private static final String PLAIN_FINALS = "@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu";
    private static final String PRIVATE_FINALS = "hlJKrs";
    private static final String ESCAPES = "78=>DEHMNOc";

    private static final int ESC = 0x1b;

    private enum State {
        GROUND,
        ESCAPE,
        CHARSET,
        CSI,
        STRING,
        C1_IN_STRING,
        C1
    }

    private final ByteArrayOutputStream sequence = new ByteArrayOutputStream();
    private State state = State.GROUND;
    private boolean tooLong;
    private int continuation;
    private boolean moved;

    /// What of `bytes` may be shown; a sequence that is not whole yet is kept back.
    byte[] pass(byte[] bytes) {
        var shown = new ByteArrayOutputStream(bytes.length);
        for (byte next : bytes) {
            take(next & 0xff, shown);
        }
        return shown.toByteArray();
    }

    /// Whether anything but text passed, so that the terminal may have to be put back in order.
    boolean moved() {
        return moved;
    }

    private void take(int next, ByteArrayOutputStream shown) {
        switch (state) {
            case GROUND -> ground(next, shown);
            case ESCAPE -> escape(next, shown);
            case CHARSET -> charset(next, shown);
            case CSI -> csi(next, shown);
            case STRING -> string(next);
            case C1_IN_STRING -> state = next == 0x9c ? State.GROUND : State.STRING;
            case C1 -> c1(next, shown);
        }
    }

    private void ground(int next, ByteArrayOutputStream shown) {
        if (continuation > 0 && (next & 0xc0) == 0x80) {
            continuation--;
            shown.write(next);
            return;
        }
        continuation = 0;
        if (next == ESC) {
            begin(State.ESCAPE);
        } else if (next == 0xc2) {
            state = State.C1;
        } else if (next >= 0xc3 && next <= 0xf4) {
            continuation = next >= 0xf0 ? 3 : next >= 0xe0 ? 2 : 1;
            shown.write(next);
        } else if ((next >= ' ' && next < 0x7f) || CONTROLS.indexOf(next) >= 0) {
            shown.write(next);
        }
    }

    /// After the first byte of a character from U+0080 to U+00BF: those up to U+009F are control characters.
    private void c1(int next, ByteArrayOutputStream shown) {
        state = State.GROUND;
        switch (next) {
            case 0x90, 0x98, 0x9d, 0x9e, 0x9f -> state = State.STRING;
            case 0x9b -> {
                begin(State.CSI);
                tooLong = true;
            }
            default -> {
                if (next >= 0xa0 && next <= 0xbf) {
                    shown.write(0xc2);
                    shown.write(next);
                } else if (next < 0x80 || next > 0x9f) {
                    ground(next, shown);
                }
            }
        }
    }

    private void escape(int next, ByteArrayOutputStream shown) {
        switch (next) {
            case '[' -> {
                state = State.CSI;
                keep(next);
            }
            case ']', 'P', 'X', '^', '_', 'k' -> state = State.STRING;
            case ESC -> begin(State.ESCAPE);
            default -> {
                if (next >= ' ' && next <= '/') {
                    state = State.CHARSET;
                    keep(next);
                } else {
                    keep(next);
                    end(ESCAPES.indexOf(next) >= 0, shown);
                }
            }
        }
    }

    private void charset(int next, ByteArrayOutputStream shown) {
        if (next == ESC) {
            begin(State.ESCAPE);
            return;
        }
        keep(next);
        if (next >= '0' && next <= '~') {
            end(true, shown);
        } else if (next < ' ' || next > '~') {
            end(false, shown);
        }
    }

    private void csi(int next, ByteArrayOutputStream shown) {
        if (next == ESC) {
            begin(State.ESCAPE);
        } else if (next >= '@' && next <= '~') {
            boolean draws = draws(next);
            keep(next);
            end(draws, shown);
        } else if (next >= ' ' && next <= '?') {
            keep(next);
        } else if (next == 0x18 || next == 0x1a || next >= 0x7f) {
            end(false, shown);
        } else if (CONTROLS.indexOf(next) >= 0) {
            // Terminals obey a control character inside of a sequence, and go on with the sequence.
            shown.write(next);
        }
    }

    private boolean draws(int last) {
        var bytes = sequence.toByteArray();
        boolean isPrivate = bytes.length > 2 && bytes[2] == '?';
        int intermediate = 0;
        for (int i = isPrivate ? 3 : 2; i < bytes.length; i++) {
            if (bytes[i] >= '<') {
                return false;
            }
            if (bytes[i] < '0') {
                if (intermediate != 0) {
                    return false;
                }
                intermediate = bytes[i];
            }
        }
        if (intermediate != 0) {
            return !isPrivate && ((intermediate == ' ' && last == 'q') || (intermediate == '!' && last == 'p'));
        }
        return (isPrivate ? PRIVATE_FINALS : PLAIN_FINALS).indexOf(last) >= 0;
    }

    private void string(int next) {
        switch (next) {
            case 0x07, 0x18, 0x1a -> state = State.GROUND;
            case ESC -> begin(State.ESCAPE);
            case 0xc2 -> state = State.C1_IN_STRING;
            default -> {
                // dropped
            }
        }
    }

    private void begin(State next) {
        sequence.reset();
        sequence.write(ESC);
        tooLong = false;
        state = next;
    }

    private void keep(int next) {
        if (sequence.size() < LONGEST) {
            sequence.write(next);
        } else {
            tooLong = true;
        }
    }

    private void end(boolean passes, ByteArrayOutputStream shown) {
        if (passes && !tooLong) {
            shown.writeBytes(sequence.toByteArray());
            moved = true;
        }
        state = State.GROUND;
    }
}
