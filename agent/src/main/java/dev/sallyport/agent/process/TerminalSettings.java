package dev.sallyport.agent.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A terminal's settings (`struct termios` of Linux), and what a client asks for them to be (RFC 4254, section
/// 8).
final class TerminalSettings {

    private static final int INPUT = 0;
    private static final int OUTPUT = 4;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;
    private static final int CHARACTERS = 17;

    private static final int ICANON = 0x2;
    private static final int ECHO = 0x8;
    private static final int END_OF_FILE = 4;

    /// Opcode 255 as a character means that it is off.
    private static final int OFF = 255;

    private static final int FIRST_WITHOUT_ARGUMENT = 160;

    private final ByteBuffer settings;

    TerminalSettings(byte[] settings) {
        this.settings = ByteBuffer.wrap(settings.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] bytes() {
        return settings.array().clone();
    }

    /// Whether what is typed is shown. A program that edits lines itself (readline, vi) turns both echo and
    /// line mode off, and shows what is typed; one that reads a password turns off only the echo.
    boolean shown() {
        return has(LOCAL, ECHO) || !has(LOCAL, ICANON);
    }

    /// Whether the terminal hands lines over, not characters.
    boolean lines() {
        return has(LOCAL, ICANON);
    }

    /// The character that ends input.
    byte endOfFile() {
        return settings.get(CHARACTERS + END_OF_FILE);
    }

    /// Takes on the client's encoded modes. What is unknown is skipped; a list that is cut off ends there.
    TerminalSettings with(byte[] modes) {
        var changed = new TerminalSettings(bytes());
        var in = ByteBuffer.wrap(modes);
        while (in.hasRemaining()) {
            int opcode = in.get() & 0xff;
            if (opcode == 0 || opcode >= FIRST_WITHOUT_ARGUMENT || in.remaining() < 4) {
                break;
            }
            changed.set(opcode, in.getInt());
        }
        return changed;
    }

    private void set(int opcode, int value) {
        switch (opcode) {
            case 1 -> character(0, value);
            case 2 -> character(1, value);
            case 3 -> character(2, value);
            case 4 -> character(3, value);
            case 5 -> character(END_OF_FILE, value);
            case 6 -> character(11, value);
            case 7 -> character(16, value);
            case 8 -> character(8, value);
            case 9 -> character(9, value);
            case 10 -> character(10, value);
            case 12 -> character(12, value);
            case 13 -> character(14, value);
            case 14 -> character(15, value);
            case 16 -> character(7, value);
            case 18 -> character(13, value);
            case 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42 -> flag(INPUT, 0x4 << (opcode - 30), value);
            case 50, 51, 52, 53, 54, 55, 56, 57, 58 -> flag(LOCAL, 1 << (opcode - 50), value);
            case 59 -> flag(LOCAL, 0x8000, value);
            case 60 -> flag(LOCAL, 0x200, value);
            case 61 -> flag(LOCAL, 0x800, value);
            case 62 -> flag(LOCAL, 0x4000, value);
            case 70, 71, 72, 73, 74, 75 -> flag(OUTPUT, 1 << (opcode - 70), value);
            case 90 -> flag(CONTROL, 0x20, value);
            case 91 -> flag(CONTROL, 0x30, value);
            case 92 -> flag(CONTROL, 0x100, value);
            case 93 -> flag(CONTROL, 0x200, value);
            default -> {} // speeds, and what Linux does not have
        }
    }

    private void character(int index, int value) {
        settings.put(CHARACTERS + index, (byte) (value == OFF ? 0 : value));
    }

    private void flag(int word, int mask, int value) {
        int flags = settings.getInt(word);
        settings.putInt(word, value != 0 ? flags | mask : flags & ~mask);
    }

    private boolean has(int word, int mask) {
        return (settings.getInt(word) & mask) == mask;
    }
}
