package dev.sallyport.cli.login;

import dev.sallyport.cli.run.Failure;
import java.io.IOException;
import java.net.URI;

/// A way to come by an API key. A sign-in by browser would be another one.
interface SignIn {

    /// A key for this API, not yet proven.
    ///
    /// @throws Failure when the user has to do something else; its sentence never holds the key
    String key(URI api) throws Failure, IOException;
}
