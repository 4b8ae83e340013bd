package dev.sallyport.cli.run;

import java.util.Map;
import java.util.Optional;

/// The terminal behind stdout, for what is longer than it.
public interface Screen {

    /// How much fits.
    record Size(int rows, int columns) {}

    /// Empty where nobody knows.
    Optional<Size> size();

    /// Shows a text through a program, and waits until that ends.
    ///
    /// @param command as for `sh -c`
    /// @param variables for the program, besides those of this one
    /// @return whether the program was there; if not, nothing was shown
    boolean page(String command, Map<String, String> variables, byte[] text);
}
