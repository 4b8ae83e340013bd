package dev.sallyport.cli.run;

/// Somebody at the terminal who can be asked.
@FunctionalInterface
public interface Person {

    /// Asks for what must not be shown while it is typed; nothing, when the person gives up.
    ///
    /// @throws Failure when the terminal cannot hide it
    String secret(String question) throws Failure;
}
