package dev.sallyport.cli;

import dev.sallyport.cli.run.Screen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A screen that remembers what a pager would have shown on it.
public final class TestingScreen implements Screen {

    /// What was to be paged.
    public record Paged(String command, Map<String, String> variables, String text) {}

    public final List<Paged> paged = new ArrayList<>();
    private final Size size;
    private boolean pagers = true;

    public TestingScreen(int rows, int columns) {
        size = new Size(rows, columns);
    }

    /// No program is installed that could page.
    public TestingScreen withoutPagers() {
        pagers = false;
        return this;
    }

    @Override
    public Optional<Size> size() {
        return Optional.of(size);
    }

    @Override
    public boolean page(String command, Map<String, String> variables, byte[] text) {
        paged.add(new Paged(command, variables, new String(text, StandardCharsets.UTF_8)));
        return pagers;
    }
}
